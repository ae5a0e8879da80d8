using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Privacy;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>A node's share of the noise, paid for from a ledger in a folder of its own.</summary>
internal sealed class FreeNoise(RoundTerms terms) : INoise
{
    private readonly LedgerNoise _noise = new(
        PrivacyLedger.Open(Path.Combine(Directory.CreateTempSubdirectory("ledger").FullName, "ledger"), "node", LedgerNoise.BudgetOf(terms, 20_000)), terms,
        RandomNumberGenerator.Create());

    public bool TryDraw(NoiseRequest request, Span<int> noise) => _noise.TryDraw(request, noise);
}
