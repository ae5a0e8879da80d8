using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using TaskPlatform.Client;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Http;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the client to a program.</summary>
public static class TaskPlatformClientExtensions
{
    /// <summary>
    /// Registers <see cref="TaskPlatformClient"/>. The service is found by discovery under the name (<c>https+http://{name}</c>, that is
    /// <c>services:{name}:http:0</c> in the configuration) unless an address is given.
    /// </summary>
    public static IHttpClientBuilder AddTaskPlatformClient(
        this IHostApplicationBuilder builder, string name, Action<TaskPlatformClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var clientName = $"TaskPlatform:{name}";

        builder.Services.AddOptions<TaskPlatformClientOptions>(clientName)
            .Configure(options => configure?.Invoke(options))
            .Validate(options => options.Address?.IsAbsoluteUri != false, "Address must be absolute, for example http://127.0.0.1:5380.")
            .Validate(options => options.AttemptTimeout > TimeSpan.Zero, "AttemptTimeout must be longer than zero.")
            .Validate(options => options.RetryFor >= TimeSpan.Zero, "RetryFor must not be negative.")
            .ValidateOnStart();
        builder.Services.AddServiceDiscovery();

        var http = builder.Services.AddHttpClient(clientName)
            .ConfigureHttpClient((services, client) =>
            {
                var options = services.GetRequiredService<IOptionsMonitor<TaskPlatformClientOptions>>().Get(clientName);
                client.BaseAddress = options.Address ?? new Uri($"https+http://{name}");
                client.Timeout = Timeout.InfiniteTimeSpan; // each attempt has its own; a long poll needs more than the default
            })
            .AddTypedClient((client, services) => new TaskPlatformClient(
                client,
                services.GetRequiredService<IOptionsMonitor<TaskPlatformClientOptions>>().Get(clientName),
                services.GetService<TimeProvider>() ?? TimeProvider.System)
            {
                Streams = services.GetRequiredKeyedService<StreamChannel>(clientName).Value,
            })
            .RemoveAllLoggers(); // four lines for each request; the spans say the same
        AddHandlers(http, clientName);
        AddStreams(builder.Services, name, clientName);
        return http;
    }

    private static void AddStreams(IServiceCollection services, string name, string clientName)
    {
        var handlers = $"{clientName}:grpc";
        WithoutSharedResilience(services.AddHttpClient(handlers)).RemoveAllLoggers().UseSocketsHttpHandler((handler, _) =>
        {
            handler.ConnectTimeout = TimeSpan.FromSeconds(5);
            handler.EnableMultipleHttp2Connections = true;
            // Finds a service that vanished without a word.
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(20);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        }).AddServiceDiscovery().SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        services.AddKeyedSingleton(clientName, (provider, _) => StreamChannel.Of(
            provider.GetRequiredService<IOptionsMonitor<TaskPlatformClientOptions>>().Get(clientName),
            name,
            provider.GetRequiredService<IConfiguration>().GetSection($"services:{name}:grpc").Exists(),
            () => provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(handlers)));
    }

    // A resilience handler set for all clients would repeat what must not be repeated, and cut off long polls and streams.
    private static IHttpClientBuilder WithoutSharedResilience(IHttpClientBuilder http) => http.ConfigureAdditionalHttpMessageHandlers((handlers, _) =>
    {
        foreach (var handler in handlers.OfType<ResilienceHandler>().ToList()) handlers.Remove(handler);
    });

    private static void AddHandlers(IHttpClientBuilder http, string clientName)
    {
        WithoutSharedResilience(http).AddResilienceHandler("taskplatform", (pipeline, context) => Repeating.Configure(pipeline, context, clientName));
        http.AddHttpMessageHandler(() => new BufferingHandler());
        http.AddServiceDiscovery();

        // An agent keeps its client for as long as it runs: connections are renewed, not handlers.
        http.SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        http.UseSocketsHttpHandler((handler, _) =>
        {
            handler.ConnectTimeout = TimeSpan.FromSeconds(5);
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
            handler.AllowAutoRedirect = false;
        });
    }
}
