using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>Suite 2 but for its masks.</summary>
internal abstract class WeakSuite : ICipherSuite
{
    private static ICipherSuite Sound => CipherSuites.X25519;

    public byte Id => Sound.Id;

    public int PublicKeyBytes => Sound.PublicKeyBytes;

    public IPrivateKey Generate(IEntropy entropy) => Sound.Generate(entropy);

    public IPrivateKey ImportPrivate(ReadOnlySpan<byte> key) => Sound.ImportPrivate(key);

    public IPublicKey ImportPublic(ReadOnlySpan<byte> key) => Sound.ImportPublic(key);

    public abstract void Mask(ReadOnlySpan<byte> key, Span<uint> lanes, MaskSign sign);

    public byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData) => Sound.Seal(key, plaintext, associatedData);

    public byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData) => Sound.Open(key, ciphertext, associatedData);
}
