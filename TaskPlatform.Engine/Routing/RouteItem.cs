using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What is known of a candidate at one type of task.</summary>
public readonly record struct CandidateFigures(string Candidate, string Type, RouteFigures Figures);

/// <summary>A route, and what results have shown of its candidates by type of task.</summary>
public sealed class RouteItem : IQueueRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Who may take its tasks, and how one is chosen.</summary>
    public required RouteSpec Spec { get; set; }

    /// <summary>When it was first set, in Unix milliseconds.</summary>
    public long CreatedUnixMs { get; init; }

    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Route;

    /// <inheritdoc/>
    public string Key => Name;

    /// <summary>What is known, by candidate and type; of at most <see cref="EngineLimits.AgentTypes"/> types each.</summary>
    public ImmutableArray<CandidateFigures> Figures => [.. ByPair.Select(entry => new CandidateFigures(entry.Key.Candidate, entry.Key.Type, entry.Value))];

    internal SortedList<(string Candidate, string Type), RouteFigures> ByPair { get; set; } = new(Pairs);

    private static readonly Comparer<(string Candidate, string Type)> Pairs = Comparer<(string Candidate, string Type)>.Create(static (left, right) =>
        string.CompareOrdinal(left.Candidate, right.Candidate) is not 0 and var order ? order : string.CompareOrdinal(left.Type, right.Type));

    /// <summary>What is known of a candidate at a type.</summary>
    public RouteFigures FiguresOf(string candidate, string type) => ByPair.GetValueOrDefault((candidate, type), RouteFigures.None);

    /// <summary>Attempts of all candidates at a type.</summary>
    internal long AttemptsAt(string type)
    {
        var attempts = 0L;
        foreach (var candidate in Spec.Candidates) attempts += FiguresOf(candidate.Name, type).Attempts.Attempts;
        return attempts;
    }

    /// <param name="pair">The candidate and the type.</param>
    /// <param name="figures">What is known of it now.</param>
    /// <param name="mostTypes">Types of a candidate to keep: past it the one with fewest attempts is forgotten.</param>
    internal void Set((string Candidate, string Type) pair, RouteFigures figures, int mostTypes)
    {
        if (!ByPair.ContainsKey(pair))
        {
            var known = ByPair.Where(entry => entry.Key.Candidate == pair.Candidate).ToList();
            if (known.Count >= mostTypes) ByPair.Remove(known.MinBy(entry => entry.Value.Attempts.Attempts).Key);
        }
        ByPair[pair] = figures;
    }

    /// <summary>Candidates that the route no longer has are forgotten.</summary>
    internal void ForgetOthers()
    {
        foreach (var pair in ByPair.Keys.Where(pair => Spec.Find(pair.Candidate) is null).ToList()) ByPair.Remove(pair);
    }

    internal RouteItem Snapshot()
    {
        var copy = (RouteItem)MemberwiseClone();
        copy.ByPair = new(ByPair, Pairs);
        return copy;
    }
}
