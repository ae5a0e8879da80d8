using System.Globalization;

namespace TaskPlatform.Engine;

/// <summary>What a pair of task and agent was judged by: enough to work the decision out again by hand.</summary>
public readonly record struct MatchTerms
{
    /// <summary>Who judged.</summary>
    public MatchPolicy Policy { get; init; }

    /// <summary>The worth of the pair: the highest goes first. Points; of what is learned, points per second.</summary>
    public double Score { get; init; }

    /// <summary>Points for what the agent can do.</summary>
    public double Capability { get; init; }

    /// <summary>Points for the task's effective priority.</summary>
    public double Priority { get; init; }

    /// <summary>Points off for slots in use, 0 or less.</summary>
    public double Load { get; init; }

    /// <summary>Points for the agent's success.</summary>
    public double Success { get; init; }

    /// <summary>Points for the agent's speed.</summary>
    public double Speed { get; init; }

    /// <summary>Points off for the agent's price, 0 or less.</summary>
    public double Cost { get; init; }

    /// <summary>What the task is expected to take with this agent until it succeeds, in seconds; null where it was not asked, or nothing is known.</summary>
    public double? ExpectedSeconds { get; init; }

    /// <summary>Whether the task goes first since it has waited too long, whatever its worth.</summary>
    public bool IsOverdue { get; init; }

    /// <summary>The terms that count, by name; what is nought and could not be otherwise is left out.</summary>
    public IEnumerable<KeyValuePair<string, double>> Named()
    {
        if (ExpectedSeconds is { } seconds)
        {
            yield return new("priority", Priority);
            yield return new("expectedSeconds", seconds);
            yield break;
        }
        yield return new("capability", Capability);
        yield return new("priority", Priority);
        yield return new("load", Load);
        yield return new("success", Success);
        if (Speed != 0) yield return new("speed", Speed);
        if (Cost != 0) yield return new("cost", Cost);
    }

    /// <summary>The terms in words.</summary>
    public string Text
    {
        get
        {
            var terms = string.Join(", ", Named().Select(term => string.Create(CultureInfo.InvariantCulture, $"{term.Key} {term.Value:0.###}")));
            var overdue = IsOverdue ? ", and the task has waited too long for others to go first" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{Words.Of(Policy)} {Score:0.###} ({terms}){overdue}");
        }
    }
}

/// <summary>What a grant was decided by. Known to the process that decided; not stored.</summary>
public sealed record MatchDecision(MatchTerms Terms);
