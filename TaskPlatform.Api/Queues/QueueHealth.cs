using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskPlatform.Api.Queues;

/// <summary>
/// Red while a queue is not served, does not answer, misses a grant or has a store that is away, and until the queues of the last run are back.
/// It only reads what <see cref="QueueProbe"/> found, so it answers at once whatever stands still.
/// </summary>
internal sealed class QueueHealth(QueueOwners owners, QueueAdoption adoption, QueueProbe probe) : IHealthCheck
{
    private const int QueuesNamed = 8;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(FindTrouble() is { } trouble ? HealthCheckResult.Unhealthy(trouble) : HealthCheckResult.Healthy("Every queue is served."));

    private string? FindTrouble()
    {
        if (probe.SinceRound is var since && since > QueueProbe.RoundPatience)
            return $"The queues have not been probed for {since.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s: the process stands still or has no thread left. Restart it.";
        var troubles = owners.Stopped.Concat(owners.Lost).Select(unserved => $"{unserved.Key}: {unserved.Value}").Concat(Probed()).Order(StringComparer.Ordinal).ToList();
        if (troubles.Count == 0) return adoption.Adopted.IsCompleted ? null : $"The queues of the last run are not all served yet. {adoption.WaitsFor}".TrimEnd();
        var more = troubles.Count > QueuesNamed ? $" And {troubles.Count - QueuesNamed} queues more." : "";
        return string.Join(' ', troubles.Take(QueuesNamed)) + more;
    }

    private IEnumerable<string> Probed() => probe.Pulses
        .Select(pulse => pulse.FindTrouble() is { } trouble ? $"{pulse.Queue}: {trouble}" : null)
        .OfType<string>();
}
