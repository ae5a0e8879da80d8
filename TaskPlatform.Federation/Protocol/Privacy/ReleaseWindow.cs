namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>
/// Which tasks may be in the load of a round: those submitted after the second last round that this node was charged for before it, and until it. Then each task is in two
/// loads at most (<see cref="ReleaseCap.LoadReleases"/>), without a mark on any task: a task that came after round p and until round q, the next one charged, is in that of q,
/// and in that of the next after q; then p is too far back. Rounds that ended before they were charged do not count, those charged and then lost do, and the ledger knows both
/// over any crash. Times that a stepped clock gave are as good as others: a task's never changes.
/// </summary>
/// <param name="AfterUnixMs">Tasks submitted then or before are not counted.</param>
/// <param name="UntilUnixMs">Nor are those submitted later than this.</param>
internal readonly record struct ReleaseWindow(long AfterUnixMs, long UntilUnixMs)
{
    /// <summary>That of a round which is not charged for yet.</summary>
    /// <param name="ledger">The node's ledger.</param>
    /// <param name="round">The round: its begin in Unix milliseconds; above the last one charged.</param>
    public static ReleaseWindow Of(PrivacyLedger ledger, long round) => new(ledger.LastRounds(LedgerNoise.Tenant).Before ?? long.MinValue, round);

    /// <summary>Whether a task may be counted.</summary>
    /// <param name="createdUnixMs">When it was submitted.</param>
    public bool Includes(long createdUnixMs) => createdUnixMs > AfterUnixMs && createdUnixMs <= UntilUnixMs;
}
