using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskPlatform.Client;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Client;

/// <summary>A program with the client, and with an agent where one is given, against the real service.</summary>
internal sealed class RealAgent : IAsyncDisposable
{
    private readonly IHost _host;

    private RealAgent(IHost host) => _host = host;

    public TaskPlatformClient Client => _host.Client();

    /// <summary>The client alone.</summary>
    public static RealAgent None(Uri service, Action<TaskPlatformClientOptions>? configure = null) => new(Builder(new ServiceAddress(service, null), configure).Build());

    /// <summary>An agent that handles the type <c>work</c>, or those that are given.</summary>
    public static async Task<RealAgent> StartAsync<TIn, TOut>(
        ServiceAddress service, string queue, string agentId, Func<TIn, TaskContext, CancellationToken, Task<TOut>> handle,
        Action<AgentOptions>? configure = null, params IReadOnlyList<string> types)
    {
        var builder = Builder(service);
        var agent = builder.AddAgent(options =>
        {
            (options.AgentId, options.Queue, options.DrainSeconds, options.MaxConcurrency) = (agentId, queue, 0, 4);
            configure?.Invoke(options);
        });
        foreach (var type in types is [] ? ["work"] : types) agent.AddHandler(type, handle);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new RealAgent(host);
    }

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private static HostApplicationBuilder Builder(ServiceAddress service, Action<TaskPlatformClientOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        builder.AddTaskPlatformClient("api", options =>
        {
            (options.Address, options.StreamAddress) = (service.Http, service.Streams);
            configure?.Invoke(options);
        });
        return builder;
    }
}
