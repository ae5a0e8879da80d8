using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskPlatform.Client;

namespace TaskPlatform.Tests.Client;

/// <summary>A connection that is reset in the moment after it was made: the framework's handler then throws a bare <see cref="SocketException"/>.</summary>
public sealed class BrokenConnectionTests
{
    private const int Once = 1;
    private const int Always = int.MaxValue;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_ConnectionResetOnce_IsRepeated()
    {
        var socket = new ResetConnection(Once);
        using var host = Host(socket, TimeSpan.FromMinutes(1));

        await host.Client().ListQueuesAsync(Ct);

        Assert.Equal(2, socket.Calls);
    }

    [Fact]
    public async Task Call_ConnectionAlwaysReset_IsOfUnknownOutcome()
    {
        using var host = Host(new ResetConnection(Always), TimeSpan.Zero);

        var unknown = await Assert.ThrowsAsync<TaskPlatformException>(() => host.Client().ListQueuesAsync(Ct));

        Assert.True(unknown.IsOutcomeUnknown);
    }

    private static IHost Host(ResetConnection socket, TimeSpan retryFor)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        builder.AddTaskPlatformClient("api", options =>
        {
            (options.Address, options.RetryFor, options.RetryDelay) = (new Uri("http://127.0.0.1:1"), retryFor, TimeSpan.Zero);
        }).ConfigurePrimaryHttpMessageHandler(() => socket);
        return builder.Build();
    }

    private sealed class ResetConnection(int times) : HttpMessageHandler
    {
        public int Calls { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => ++Calls <= times
                ? throw new SocketException((int)SocketError.NotConnected)
                : Task.FromResult(new HttpResponseMessage { Content = new StringContent("""{"queues":[]}""") });
    }
}
