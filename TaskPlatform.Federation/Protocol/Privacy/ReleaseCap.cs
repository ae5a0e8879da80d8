using System.Globalization;

namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>
/// In how many more releases a task may be counted. It goes where the task goes: a peer that works on it counts it from where its home left off, or what a task costs would grow with each transfer.
/// </summary>
/// <param name="LoadReleasesLeft">Releases of queued, running and load that it may still be counted in; 0 to <see cref="LoadReleases"/>.</param>
/// <param name="MayCountCompletion">Whether its completion was not counted yet; it is once for each task, not for each attempt.</param>
internal readonly record struct ReleaseCap(int LoadReleasesLeft, bool MayCountCompletion)
{
    /// <summary>How many releases of load a task is counted in, at most.</summary>
    public const int LoadReleases = 2;

    /// <summary>Of a task that was never counted.</summary>
    public static ReleaseCap New { get; } = new(LoadReleases, true);

    /// <summary>Counts the task in a release of load if it may be.</summary>
    /// <param name="cap">The task's; less by one afterwards.</param>
    public static bool TryCountLoad(ref ReleaseCap cap)
    {
        if (cap.LoadReleasesLeft <= 0) return false;
        cap = cap with { LoadReleasesLeft = cap.LoadReleasesLeft - 1 };
        return true;
    }

    /// <summary>Counts the task's completion if it may be.</summary>
    /// <param name="cap">The task's; used up afterwards.</param>
    public static bool TryCountCompletion(ref ReleaseCap cap)
    {
        if (!cap.MayCountCompletion) return false;
        cap = cap with { MayCountCompletion = false };
        return true;
    }

    /// <summary>As it travels: two digits, load releases left and completions left.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LoadReleasesLeft}{(MayCountCompletion ? 1 : 0)}");

    /// <summary>Reads what travelled; anything else, or more than a new task has, is a task that is not counted any more.</summary>
    public static ReleaseCap Parse(string? text)
        => text is [>= '0' and <= '2' and var loads, '0' or '1'] ? new ReleaseCap(loads - '0', text[1] == '1') : default;
}
