using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskPlatform.Api.Queues;

/// <summary>Red while a queue is not served or its store keeps it waiting, and until the queues of the last run are back.</summary>
internal sealed class QueueHealth(QueueOwners owners, QueueAdoption adoption) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(Trouble() is { } trouble ? HealthCheckResult.Unhealthy(trouble) : HealthCheckResult.Healthy("Every queue is served."));

    private string? Trouble()
    {
        if (!adoption.IsDone) return "The queues of the last run are not all served yet.";
        if (owners.Stopped.FirstOrDefault() is { Key: not null } stopped) return $"{stopped.Key}: {stopped.Value}";
        return owners.Serving.FirstOrDefault(owner => owner.IsStalled) is { } stalled ? $"{stalled.Queue}: the store does not answer." : null;
    }
}
