using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>The two kinds of masks, as a node puts them on and the aggregator takes them off.</summary>
/// <param name="terms">Of the round.</param>
/// <param name="header">Of the round.</param>
/// <param name="session">The salt of every key.</param>
internal sealed class Masks(RoundTerms terms, RoundHeader header, byte[] session)
{
    /// <summary>The mask that the node of this seed put on.</summary>
    public void Self(int node, ReadOnlySpan<byte> seed, Span<uint> lanes, MaskSign sign)
    {
        var key = KeyDerivation.Derive(seed, session, Statements.SelfMask(header, terms.Roster, node), KeyDerivation.KeyBytes);
        Apply(key, lanes, sign);
    }

    /// <summary>The mask that a node shares with another, as the node puts it on: the first of a pair adds, the other subtracts, so in the sum they cancel.</summary>
    public void Pair(int node, int other, byte[] secret, Span<uint> lanes, bool takeOff = false)
    {
        var key = KeyDerivation.DeriveAndWipe(secret, session, Statements.PairMask(header, terms.Roster, node, other));
        Apply(key, lanes, node < other != takeOff ? MaskSign.Add : MaskSign.Subtract);
    }

    private void Apply(byte[] key, Span<uint> lanes, MaskSign sign)
    {
        terms.Suite.Mask(key, lanes, sign);
        CryptographicOperations.ZeroMemory(key);
    }
}
