namespace TaskPlatform.Federation.Protocol.Schema;

/// <summary>What the lanes of a round mean, as far as the round must know: how many there are, and the hash of their meaning.</summary>
/// <param name="Major">Another major version has other lanes; a node refuses it.</param>
/// <param name="Minor">Another minor version only words its lanes otherwise; its hash differs, so both sides must have it.</param>
/// <param name="LaneCount">From 1 to <see cref="MaxLanes"/>.</param>
/// <param name="Hash">Of the lanes' names in order, 32 bytes.</param>
public sealed record LaneSchema(byte Major, byte Minor, int LaneCount, byte[] Hash)
{
    /// <summary>So many lanes at most: a message stays below 4 MiB.</summary>
    public const int MaxLanes = 1_000_000;
}
