using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Federation;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Federation;

/// <summary>
/// Adds the figures of this process's queues up to what a node tells. Queues are not told apart, and types that are not shared
/// become one: neither a queue's name nor an unlisted type's leaves the process.
/// </summary>
internal sealed class NodeFigures(IQueueOwners owners, IOptions<FederationNodeOptions> options)
{
    private static readonly ImmutableSortedSet<string> DefaultTypes = ["analysis", "coding", "reasoning"];

    /// <summary>The sums now. A queue that cannot answer is left out.</summary>
    /// <exception cref="QueueUnavailableException">The store did not answer which queues there are.</exception>
    public async Task<NodeSummary> SumAsync(CancellationToken cancellationToken)
    {
        var question = new Command.GetFigures(options.Value.Types is { } types ? [.. types] : DefaultTypes);
        var figures = new List<TypeFigures>();
        foreach (var queue in await owners.ListAsync(cancellationToken)) figures.AddRange(await AskAsync(queue, question, cancellationToken));
        var sums = figures.GroupBy(figure => figure.Type ?? TypeSummary.Other).OrderBy(group => group.Key, StringComparer.Ordinal).Select(Sum).ToList();
        return new NodeSummary { Types = sums, Unfinished = sums.Sum(sum => sum.Counts.Unfinished) };
    }

    private async Task<ImmutableArray<TypeFigures>> AskAsync(string queue, Command question, CancellationToken cancellationToken)
    {
        try
        {
            var owner = await owners.FindAsync(queue, cancellationToken);
            return ((Outcome.Figures)(await owner.SendAsync(question, cancellationToken)).Outcome).Types;
        }
        catch (QueueUnavailableException)
        {
            return [];
        }
    }

    private static TypeSummary Sum(IGrouping<string, TypeFigures> figures)
    {
        var counts = figures.Aggregate(new StateCounts(), (sum, figure) => sum + Translate(figure.Counts));
        return new TypeSummary
        {
            Type = figures.Key,
            Counts = counts,
            SuccessRate = counts.Tried == 0 ? null : (double)counts.Completed / counts.Tried,
            MeanSeconds = counts.Completed == 0 ? null : figures.Sum(figure => figure.CompletedMs) / 1000.0 / counts.Completed,
        };
    }

    private static StateCounts Translate(ImmutableArray<long> counts) => new()
    {
        Pending = counts[(int)TaskState.Pending],
        Assigned = counts[(int)TaskState.Assigned],
        InProgress = counts[(int)TaskState.InProgress],
        Scheduled = counts[(int)TaskState.Scheduled],
        Blocked = counts[(int)TaskState.Blocked],
        Waiting = counts[(int)TaskState.Waiting],
        Completed = counts[(int)TaskState.Completed],
        Failed = counts[(int)TaskState.Failed],
        Cancelled = counts[(int)TaskState.Cancelled],
    };
}
