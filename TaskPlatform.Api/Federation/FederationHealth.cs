using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskPlatform.Api.Federation;

/// <summary>
/// Degraded while nothing of this node may be released: its privacy budget is spent, or its ledger or journal cannot be trusted. Tasks are worked on all the same, so it never
/// turns the service red; nor does an aggregator that is away, which the description tells.
/// </summary>
internal sealed class FederationHealth(FederatedTaskManager manager, FederationView view) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(manager.Trouble is { } trouble ? HealthCheckResult.Degraded($"Nothing is released: {trouble}") : HealthCheckResult.Healthy(Describe()));

    private string Describe() => view.Age is { } age
        ? $"The federation's figures are {age.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s old." : "There are no figures of the federation yet.";
}
