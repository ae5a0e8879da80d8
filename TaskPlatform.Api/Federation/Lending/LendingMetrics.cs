using System.Diagnostics.Metrics;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>How many tasks have moved between nodes.</summary>
internal sealed class LendingMetrics
{
    private readonly Counter<long> _lent;
    private readonly Counter<long> _borrowed;
    private readonly Counter<long> _returned;

    public LendingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Telemetry.Name);
        _lent = meter.CreateCounter<long>("taskplatform.federation.tasks.lent", "{task}", "Tasks of this node that were leased to a peer.");
        _borrowed = meter.CreateCounter<long>("taskplatform.federation.tasks.borrowed", "{task}", "Tasks of peers that this node took.");
        _returned = meter.CreateCounter<long>("taskplatform.federation.tasks.returned", "{task}", "Lent tasks of which the peer told the end, by whether the lease still stood.");
    }

    public void Lent(string peer, string type) => _lent.Add(1, Tag("peer", peer), Tag("taskplatform.task.type", type));

    public void Borrowed(string home, string type) => _borrowed.Add(1, Tag("peer", home), Tag("taskplatform.task.type", type));

    public void Returned(string peer, ReportVerb verb, bool isCounted) => _returned.Add(1, Tag("peer", peer), Tag("verb", verb.ToString()), Tag("counted", isCounted));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
