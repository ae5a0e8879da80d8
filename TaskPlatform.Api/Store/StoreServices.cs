using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace TaskPlatform.Api.Store;

/// <summary>Registers the store.</summary>
public static class StoreServices
{
    /// <summary>
    /// Adds <see cref="IQueueStores"/>, <see cref="RedisServerFacts"/> and <see cref="TaskNotifications"/>, on connections of their own.
    /// Reads <c>ConnectionStrings:{connectionName}</c> and <c>Redis:AllowEviction</c>.
    /// </summary>
    public static IHostApplicationBuilder AddQueueStore(this IHostApplicationBuilder builder, string connectionName = "redis")
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new RedisConnections(
            services.GetRequiredService<IConfiguration>().GetConnectionString(connectionName)
                ?? throw new InvalidOperationException($"No Redis to connect to. Give 'ConnectionStrings:{connectionName}', such as 'localhost:6379'."),
            services.GetRequiredService<ILogger<RedisConnections>>()));
        builder.Services.AddSingleton<IQueueStores, RedisQueueStores>();
        builder.Services.AddSingleton<TaskNotifications>();
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(Facts);
        builder.Services.AddHostedService(services => services.GetRequiredService<TaskNotifications>());
        builder.Services.AddHostedService(services => services.GetRequiredService<RedisServerFacts>());
        return builder;
    }

    private static RedisServerFacts Facts(IServiceProvider services)
    {
        var facts = new RedisServerFacts(
            services.GetRequiredService<RedisConnections>(),
            services.GetRequiredService<IConfiguration>().GetValue<bool>("Redis:AllowEviction"),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<RedisServerFacts>>());
        RedisGauges.Register(services.GetRequiredService<IMeterFactory>(), facts);
        return facts;
    }
}
