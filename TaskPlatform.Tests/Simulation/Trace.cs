using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TaskPlatform.Tests.Simulation;

/// <summary>Everything that happens in a run, as one hash; on demand the words as well.</summary>
internal sealed class Trace
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _step = new byte[24];

    /// <summary>Whether the words are kept, for whoever reads a failure.</summary>
    public bool Keeps { get; set; }

    public List<string> Lines { get; } = [];

    public string Hash => Convert.ToHexString(_hash.GetCurrentHash());

    public void Step(long number, long ticks, int process)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_step, number);
        BinaryPrimitives.WriteInt64LittleEndian(_step.AsSpan(8), ticks);
        BinaryPrimitives.WriteInt64LittleEndian(_step.AsSpan(16), process);
        _hash.AppendData(_step);
    }

    public void Say(long ms, string what)
    {
        var line = $"{ms / 1_000.0,9:0.000}  {what}";
        _hash.AppendData(Encoding.UTF8.GetBytes(line));
        if (Keeps) Lines.Add(line);
    }
}
