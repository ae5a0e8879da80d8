using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>Secrets that are the same in every run, so that a statistical test has the same outcome in every run.</summary>
internal sealed class SeededEntropy(string seed) : IEntropy
{
    private int _calls;

    public void Fill(Span<byte> bytes)
    {
        var key = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{seed}/{_calls++}"));
        AesCounterMode.Transform(key, new byte[16], new byte[bytes.Length]).CopyTo(bytes);
    }
}
