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

    /// <summary>Counts it in a release of load if it may be.</summary>
    public bool TryCountLoad(out ReleaseCap after)
    {
        after = this with { LoadReleasesLeft = Math.Max(0, LoadReleasesLeft - 1) };
        return LoadReleasesLeft > 0;
    }

    /// <summary>Counts its completion if it may be.</summary>
    public bool TryCountCompletion(out ReleaseCap after)
    {
        after = this with { MayCountCompletion = false };
        return MayCountCompletion;
    }

    /// <summary>As it travels: two digits, load releases left and completions left.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LoadReleasesLeft}{(MayCountCompletion ? 1 : 0)}");

    /// <summary>Reads what travelled; anything else, or more than a new task has, is a task that is not counted any more.</summary>
    public static ReleaseCap Parse(string? text)
        => text is [>= '0' and <= '2' and var loads, '0' or '1'] ? new ReleaseCap(loads - '0', text[1] == '1') : default;
}
