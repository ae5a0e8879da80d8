using TaskPlatform.Client.Federation;

namespace TaskPlatform.Federation;

/// <summary>Adds summaries up. Rates and means are weighted by the tasks that they were taken of, never averaged over nodes.</summary>
internal static class SummaryMerge
{
    public static FederationReport Merge(IReadOnlyList<NodeSummary> summaries, IReadOnlyList<NodeAge> nodes) => new()
    {
        Unfinished = summaries.Sum(summary => summary.Unfinished),
        Types =
        [
            .. summaries.SelectMany(summary => summary.Types)
                .GroupBy(type => type.Type, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => MergeType(group.Key, [.. group])),
        ],
        Nodes = nodes,
    };

    private static TypeSummary MergeType(string name, IReadOnlyList<TypeSummary> parts) => new()
    {
        Type = name,
        Counts = parts.Aggregate(new StateCounts(), (sum, part) => sum + part.Counts),
        SuccessRate = WeightedMean(parts, part => part.SuccessRate, part => part.Counts.Tried),
        MeanSeconds = WeightedMean(parts, part => part.MeanSeconds, part => part.Counts.Completed),
    };

    private static double? WeightedMean(
        IReadOnlyList<TypeSummary> parts, Func<TypeSummary, double?> value, Func<TypeSummary, long> weight)
    {
        double sum = 0, weights = 0;
        foreach (var part in parts)
        {
            if (value(part) is not { } known) continue;
            sum += known * weight(part);
            weights += weight(part);
        }
        return weights == 0 ? null : sum / weights;
    }
}
