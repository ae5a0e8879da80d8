using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Sealing;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Lending;

/// <summary>A sealed box opens for its receiver, at its place, unchanged; and for nobody else.</summary>
public sealed class SealedBoxTests
{
    private static readonly BoxPlace Place = new("node1", "node2", "/v1/peers/tasks");

    private readonly IPrivateKey _receiver = CipherSuites.P256.Generate(SystemEntropy.Instance);

    [Theory, InlineData(0), InlineData(1), InlineData(1_000_000)]
    public void Open_ByItsReceiver_GivesWhatWasSealed(int bytes)
    {
        var plaintext = RandomNumberGenerator.GetBytes(bytes);

        var box = SealedBox.Seal(plaintext, _receiver.PublicKey, Place);

        Assert.Equal(plaintext, SealedBox.Open(box, _receiver, Place));
    }

    [Fact]
    public void Seal_Twice_GivesBoxesThatHaveNothingInCommon()
    {
        var plaintext = new byte[64];

        var (one, other) = (SealedBox.Seal(plaintext, _receiver.PublicKey, Place), SealedBox.Seal(plaintext, _receiver.PublicKey, Place));

        Assert.NotEqual(one[1..65], other[1..65]);
        Assert.NotEqual(one[65..], other[65..]);
    }

    [Fact]
    public void Open_ChangedAtAnyByte_IsRefused()
    {
        var box = SealedBox.Seal("task"u8, _receiver.PublicKey, Place);
        for (var at = 0; at < box.Length; at++)
        {
            var changed = box.ToArray();
            changed[at] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => SealedBox.Open(changed, _receiver, Place));
        }
    }

    [Fact]
    public void Open_CutAtAnyByte_IsRefused()
    {
        var box = SealedBox.Seal("task"u8, _receiver.PublicKey, Place);
        for (var length = 0; length < box.Length; length++) Assert.ThrowsAny<CryptographicException>(() => SealedBox.Open(box.AsSpan(0, length), _receiver, Place));
    }

    [Fact]
    public void Open_ByAnother_IsRefused()
    {
        using var another = CipherSuites.P256.Generate(SystemEntropy.Instance);
        var box = SealedBox.Seal("task"u8, _receiver.PublicKey, Place);

        Assert.ThrowsAny<CryptographicException>(() => SealedBox.Open(box, another, Place));
    }

    [Theory]
    [InlineData("node3", "node2", "/v1/peers/tasks")]
    [InlineData("node1", "node3", "/v1/peers/tasks")]
    [InlineData("node1", "node2", "/v1/peers/reports")]
    [InlineData("node1n", "ode2", "/v1/peers/tasks")]
    public void Open_AtAnotherPlace_IsRefused(string from, string to, string purpose)
    {
        var box = SealedBox.Seal("task"u8, _receiver.PublicKey, Place);

        Assert.ThrowsAny<CryptographicException>(() => SealedBox.Open(box, _receiver, new BoxPlace(from, to, purpose)));
    }

    [Fact]
    public void Seal_ForWhatIsNoKey_IsRefused() => Assert.ThrowsAny<CryptographicException>(() => SealedBox.Seal("task"u8, new byte[64], Place));
}
