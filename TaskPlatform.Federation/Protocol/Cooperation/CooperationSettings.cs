namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>The numbers of <see cref="ThresholdPolicy"/>. Those given are what docs/federation.md recommends and measures.</summary>
internal sealed record CooperationSettings
{
    public static CooperationSettings Recommended { get; } = new();

    /// <summary>Peers that are asked to take a task, at most; 0 to <see cref="PeerChoice.Most"/>. More than three gain next to nothing (D. L. Eager et al., 1986).</summary>
    public int Offers { get; init; } = 3;

    /// <summary>Peers that an idle node asks for a task, at most; 0 to <see cref="PeerChoice.Most"/>.</summary>
    public int Asks { get; init; } = 3;

    /// <summary>How long an idle node waits before it asks others, after nobody had anything for it, in milliseconds; about a quarter of a mean service time.</summary>
    public long AskAgainMs { get; init; } = 250;

    /// <summary>The share of answers that are turned round; 0 to 0.5. A quarter costs ε = ln 3 an answer.</summary>
    public double FlipShare { get; init; } = 0.25;

    /// <summary>Whether the federation's mean raises the threshold. Without it nothing can be stale either.</summary>
    public bool UsesFigures { get; init; } = true;

    /// <summary>How often figures are released, in milliseconds; about five mean service times.</summary>
    public long PeriodMs { get; init; } = 5_000;

    /// <summary>After so many periods without new figures the node works alone.</summary>
    public int MaxPeriodsOld { get; init; } = 4;
}
