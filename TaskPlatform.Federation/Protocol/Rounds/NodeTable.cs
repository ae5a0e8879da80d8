using System.IO.Hashing;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>
/// Who is asked in a stage, and the hash of what each answered, by which an answer that comes again is told from another one. The hash need not withstand an
/// attack: an answer that looks like an earlier one is left aside as that one would be.
/// </summary>
internal sealed class NodeTable
{
    private readonly byte[]?[] _digests;
    private bool[] _expected;

    public NodeTable(int roster)
    {
        _digests = new byte[]?[roster];
        _expected = new bool[roster];
        Array.Fill(_expected, true);
    }

    public IEnumerable<int> Expected => Enumerable.Range(0, _expected.Length).Where(IsExpected);

    public bool IsExpected(int node) => _expected[node];

    public bool Contains(int node) => _digests[node] is not null;

    /// <summary>Whether the node has not answered yet; another answer than before is refused.</summary>
    public bool IsNew(int node, ReadOnlySpan<byte> message)
    {
        if (_digests[node] is not { } before) return true;
        if (before.AsSpan().SequenceEqual(XxHash128.Hash(message))) return false;
        throw new AbortException(AbortReason.UnexpectedMessage, "A second and different answer in one stage.");
    }

    public void Add(int node, ReadOnlySpan<byte> message) => _digests[node] = XxHash128.Hash(message);

    /// <summary>Begins a stage with these nodes.</summary>
    public void Expect(IEnumerable<int> nodes)
    {
        Array.Clear(_digests);
        _expected = new bool[_expected.Length];
        foreach (var node in nodes) _expected[node] = true;
    }
}
