using Microsoft.Extensions.DependencyInjection.Extensions;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Puts the queues and their owners into a service.</summary>
public static class QueueRegistration
{
    /// <summary>Adds the owners, their probe, health check and the takeover at start. The store must be registered as well.</summary>
    public static IHostApplicationBuilder AddQueues(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new EngineLimits());
        services.AddSingleton<Announcer>();
        services.AddSingleton(new ProcessPulse(TimeProvider.System));
        services.AddHostedService(provider => provider.GetRequiredService<ProcessPulse>());
        var instance = InstanceName.From(builder.Configuration);
        services.AddSingleton(provider => Services(provider, instance));
        services.AddSingleton(provider => new QueueOwners(
            provider.GetRequiredService<IQueueStores>(), provider.GetRequiredService<QueueServices>(), instance,
            provider.GetRequiredService<ILogger<QueueOwners>>()));
        services.AddSingleton<IQueueOwners>(provider => provider.GetRequiredService<QueueOwners>());
        services.AddSingleton<QueueAdoption>();
        services.AddHostedService(provider => provider.GetRequiredService<QueueAdoption>());
        services.AddHostedService<QueueShutdown>();
        services.AddMetrics();
        services.AddSingleton<QueueProbe>();
        services.AddHostedService(provider => provider.GetRequiredService<QueueProbe>());
        services.AddHealthChecks().AddCheck<QueueHealth>("queues");
        return builder;
    }

    private static QueueServices Services(IServiceProvider provider, string instance)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var logger = provider.GetRequiredService<ILogger<CommitPipeline>>();
        return new QueueServices(
            provider.GetRequiredService<EngineLimits>(),
            new OwnerClock(time),
            provider.GetRequiredService<RedisServerFacts>(),
            provider.GetRequiredService<Announcer>(),
            (store, takeover) => new CommitPipeline(store, instance, takeover, new CommitPipelineOptions(), time, logger),
            provider.GetRequiredService<ILogger<QueueOwner>>(),
            Chance.Secure,
            TaskScheduler.Default)
        {
            Pulse = time == TimeProvider.System ? provider.GetRequiredService<ProcessPulse>() : null,
        };
    }
}

/// <summary>
/// Gives every queue up when the service stops: before the web server waits for its calls to end, since those that wait for a task would
/// hold it up for as long as they may wait.
/// </summary>
internal sealed class QueueShutdown(QueueOwners owners, IHostApplicationLifetime lifetime) : IHostedService
{
    private Task _given = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _given = owners.DisposeAsync().AsTask());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _given.WaitAsync(cancellationToken);
}
