namespace TaskPlatform.Tests.Chaos;

/// <summary>How much happened in many rounds, and what was wrong.</summary>
internal sealed class Tally
{
    private readonly List<RoundResult> _results = [];
    private readonly List<string> _lines = [];
    private readonly List<string> _wrong = [];
    private readonly Lock _lock = new();

    /// <summary>One for each round.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Rounds that must not have ended as they did.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    public void Add(RoundPlan plan, RoundResult result)
    {
        lock (_lock)
        {
            _results.Add(result);
            _lines.Add($"{plan}: {Words(result)}");
            if (result.Findings.Count > 0) _wrong.Add($"{plan}: {string.Join("; ", result.Findings.Take(5))}");
        }
    }

    public void Break(RoundPlan plan, Exception broken)
    {
        lock (_lock) _wrong.Add($"{plan}: {broken}");
    }

    public void Skip(RoundPlan plan, string reason)
    {
        lock (_lock) _lines.Add($"{plan}: not run, {reason}");
    }

    public override string ToString()
        => $"{_results.Count} rounds: {_results.Sum(result => result.Submitted)} submits and {_results.Sum(result => result.Completed)} completions acknowledged, "
        + $"{_results.Sum(result => result.Calls)} calls, {_results.Sum(result => result.Unknown)} without an answer, {_results.Sum(result => result.ByAgent)} tasks done by agents of their own processes, {_results.Sum(result => result.Recovered)} recovered, "
        + $"{_results.Sum(result => result.Stale)} stale calls refused, {_results.Sum(result => result.Kept)} leases kept throughout, "
        + $"green again after {_results.Select(result => result.ReadyMs).DefaultIfEmpty().Max()} ms at most, {_results.Count(result => result.ReadyMs > RoundResult.ReadyWithinMs)} times later than promised";

    private static string Words(RoundResult result)
        => $"{result.Submitted} submits, {result.Completed} completions, {result.ByAgent} by the agent, {result.Unknown} without an answer, {result.Stale} stale, {result.Kept} kept, green after {result.ReadyMs} ms";
}
