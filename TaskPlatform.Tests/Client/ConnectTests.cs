using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskPlatform.Client;
using TaskPlatform.Tests.Api;

namespace TaskPlatform.Tests.Client;

public sealed class ConnectTests(SharedApi api)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_ConnectionThatHangs_IsMadeAgain()
    {
        var address = (await api.HostAsync()).Http.BaseAddress!;
        var connects = 0;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        builder.AddTaskPlatformClient("api", options => (options.Address, options.RetryDelay) = (address, TimeSpan.Zero))
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.ConnectTimeout = TimeSpan.FromMilliseconds(200);
                handler.ConnectCallback = (context, stop) => Interlocked.Increment(ref connects) == 1 ? HangAsync(stop) : ConnectAsync(context.DnsEndPoint, stop);
            });
        using var host = builder.Build();

        await host.Services.GetRequiredService<TaskPlatformClient>().ListQueuesAsync(Token);

        Assert.Equal(2, connects);
    }

    private static async ValueTask<Stream> HangAsync(CancellationToken stop)
    {
        await Task.Delay(Timeout.Infinite, stop);
        throw new InvalidOperationException("An endless wait ended.");
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint address, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, stop);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
