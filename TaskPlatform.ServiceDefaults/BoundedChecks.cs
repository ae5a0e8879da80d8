using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace TaskPlatform.ServiceDefaults;

/// <summary>
/// Gives every health check a time limit that holds even for one that ignores its token or blocks its thread, as the check of a Redis that stands still
/// does: otherwise the health call hangs exactly when its answer counts.
/// </summary>
internal sealed class BoundedChecks : IPostConfigureOptions<HealthCheckServiceOptions>
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(3);

    public void PostConfigure(string? name, HealthCheckServiceOptions options)
    {
        foreach (var registration in options.Registrations)
        {
            var (make, limit) = (registration.Factory, registration.Timeout > TimeSpan.Zero ? registration.Timeout : Default);
            // The service's own limit would come at the same moment and say less.
            registration.Timeout = Timeout.InfiniteTimeSpan;
            registration.Factory = services => new Bounded(() => make(services), limit);
        }
    }

    private sealed class Bounded(Func<IHealthCheck> make, TimeSpan limit) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            try
            {
                return await Task.Run(() => make().CheckHealthAsync(context, stop.Token), stop.Token).WaitAsync(limit, cancellationToken);
            }
            catch (TimeoutException)
            {
                // One that hears its token must not go on beside the next request's.
                await stop.CancelAsync();
                return new HealthCheckResult(context.Registration.FailureStatus, $"No answer within {limit.TotalSeconds:0.#} s.");
            }
        }
    }
}
