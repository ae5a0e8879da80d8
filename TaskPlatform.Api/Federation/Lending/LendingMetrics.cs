using System.Diagnostics.Metrics;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>How many tasks have moved between nodes.</summary>
internal static class LendingMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Counter<long> LentTasks = Meter.CreateCounter<long>("taskplatform.federation.tasks.lent", "{task}", "Tasks of this node that were leased to a peer.");

    private static readonly Counter<long> BorrowedTasks = Meter.CreateCounter<long>("taskplatform.federation.tasks.borrowed", "{task}", "Tasks of peers that this node took.");

    private static readonly Counter<long> ReturnedTasks = Meter.CreateCounter<long>(
        "taskplatform.federation.tasks.returned", "{task}", "Lent tasks of which the peer told the end, by whether the lease still stood.");

    public static void Lent(string peer, string type) => LentTasks.Add(1, Tag("peer", peer), Tag("taskplatform.task.type", type));

    public static void Borrowed(string home, string type) => BorrowedTasks.Add(1, Tag("peer", home), Tag("taskplatform.task.type", type));

    public static void Returned(string peer, ReportVerb verb, bool isCounted) => ReturnedTasks.Add(1, Tag("peer", peer), Tag("verb", verb.ToString()), Tag("counted", isCounted));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
