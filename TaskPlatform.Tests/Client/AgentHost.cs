using Microsoft.Extensions.Hosting;
using TaskPlatform.Client;

namespace TaskPlatform.Tests.Client;

internal sealed record Work(string Say);

/// <summary>A program with one agent, <c>tester</c>, of the queue <c>q</c>, against a scripted service.</summary>
internal sealed class AgentHost : IAsyncDisposable
{
    private readonly IHost _host;

    private AgentHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public static async Task<AgentHost> StartAsync<TIn, TOut>(
        ScriptedService service,
        Func<TIn, TaskContext, CancellationToken, Task<TOut>> handle,
        Action<AgentOptions>? configure = null,
        Action<HostApplicationBuilder>? build = null)
    {
        var builder = ClientHost.Builder(service);
        builder.AddAgent(options =>
        {
            options.AgentId = "tester";
            options.Queue = "q";
            options.DrainSeconds = 0;
            configure?.Invoke(options);
        }).AddHandler("work", handle);
        build?.Invoke(builder);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new AgentHost(host);
    }

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
