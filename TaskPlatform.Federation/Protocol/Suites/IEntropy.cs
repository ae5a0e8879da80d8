using System.Security.Cryptography;

namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>Where secrets come from. There is one source in use, <see cref="SystemEntropy"/>; tests that must be repeatable bring their own.</summary>
public interface IEntropy
{
    /// <summary>Fills the bytes with uniform, unpredictable ones.</summary>
    void Fill(Span<byte> bytes);
}

/// <summary>The operating system's cryptographic source.</summary>
public sealed class SystemEntropy : IEntropy
{
    /// <summary>The one instance.</summary>
    public static SystemEntropy Instance { get; } = new();

    private SystemEntropy()
    {
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
