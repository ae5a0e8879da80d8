using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Api.Hostile;

/// <summary>Limits that an operator may set, each with one that is soon reached.</summary>
public sealed class HttpLimitTests
{
    [Fact]
    public async Task Submit_BodyStopsMidway_Is408AfterItsTime()
    {
        await using var service = await Service.StartAsync(("Http:BodySeconds", "0.5"));
        using var connection = await RawConnection.OpenAsync(service.Address);

        // Quick enough on average: only the limit for the whole body ends it.
        await connection.SendAsync($"{Head("/tasks", 1_000_000, "Connection: close\r\n")}{new string(' ', 900_000)}");
        var answer = await connection.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Contains("urn:taskplatform:problem:request-timeout", answer);
        Assert.Empty(service.Faults);
    }

    [Fact]
    public async Task Call_HeadStopsMidway_IsClosedAfterItsTime()
    {
        await using var service = await Service.StartAsync(("Http:HeadSeconds", "0.5"));
        using var connection = await RawConnection.OpenAsync(service.Address);

        await connection.SendAsync("GET /v1/queues HTTP/1.1\r\nHost: he");

        Assert.StartsWith("HTTP/1.1 408 ", await connection.ReadToEndAsync());
    }

    [Fact]
    public async Task Connection_WithoutACall_IsClosedAfterItsTime()
    {
        await using var service = await Service.StartAsync(("Http:KeepAliveSeconds", "0.5"));
        using var connection = await RawConnection.OpenAsync(service.Address);

        Assert.Equal("", await connection.ReadToEndAsync());
    }

    [Fact]
    public async Task Connection_OneMoreThanAllowed_IsClosedAtOnceAndServedWhenOneHasGone()
    {
        await using var service = await Service.StartAsync(("Http:Connections", "2"));
        using var third = await AfterTwoAsync(service);

        Assert.Equal("", await third.ReadToEndAsync());
        await service.Calls.SubmitAsync("""{"type":"work"}""");

        static async Task<RawConnection> AfterTwoAsync(Service service)
        {
            using var first = await RawConnection.OpenAsync(service.Address);
            using var second = await RawConnection.OpenAsync(service.Address);
            foreach (var connection in (RawConnection[])[first, second])
            {
                await connection.SendAsync("GET /alive HTTP/1.1\r\nHost: here\r\n\r\n");
                await connection.ReadUntilAsync("\r\n\r\n");
            }
            return await RawConnection.OpenAsync(service.Address);
        }
    }

    [Fact]
    public async Task Graph_OtherBodiesTakeTheMemory_Is503UntilTheyAreGoneAndSmallCallsGoOn()
    {
        await using var service = await Service.StartAsync(("Http:BodyMemoryBytes", $"{1 << 20}"));
        var graph = $$"""{"tasks":[{"type":"work","description":"{{new string('d', 8_000)}}","payload":"{{new string('p', 200_000)}}"},{"type":"work","payload":"{{new string('p', 200_000)}}"}]}""";
        (await service.Calls.PostAsync("/graphs", graph)).Expect(201);
        using (var holder = await RawConnection.OpenAsync(service.Address))
        {
            await holder.SendAsync($"{Head("/graphs", 600_000)}{new string(' ', 500_000)}");
            await Until.TrueAsync(() => service.BodyMemory.Taken >= 500_000, TestContext.Current.CancellationToken);

            var refused = (await service.Calls.PostAsync("/graphs", graph)).ExpectProblem(503, "queue-full");
            Assert.Equal("1", refused.Header("Retry-After"));
            (await service.Calls.SubmitAsync("""{"type":"work"}""")).Expect(201);
        }
        await Until.TrueAsync(() => service.BodyMemory.Taken == 0, TestContext.Current.CancellationToken);
        (await service.Calls.PostAsync("/graphs", graph)).Expect(201);
    }

    [Fact]
    public void Memory_AfterAllIsGivenBack_IsNone()
    {
        var memory = new BodyMemory(1_000_000);

        Assert.True(memory.TryTake(4_096, before: 0));
        Assert.True(memory.TryTake(700_000, before: 4_096));
        Assert.False(memory.TryTake(200_000, before: 0));
        Assert.True(memory.TryTake(BodyMemory.SmallBytes, before: 0));
        memory.Give(700_000);
        memory.Give(BodyMemory.SmallBytes);

        Assert.Equal(0, memory.Taken);
    }

    [Theory]
    [InlineData("Http:Connections", "0")]
    [InlineData("Http:BodySeconds", "-1")]
    [InlineData("Http:EventSeconds", "NaN")]
    [InlineData("Http:HeadSeconds", "soon")]
    public void From_SettingThatIsNoLimit_IsRefused(string name, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>(name, value)]).Build();

        Assert.Contains("Http", Assert.Throws<InvalidOperationException>(() => HttpLimits.From(configuration)).Message, StringComparison.Ordinal);
    }

    private static string Head(string path, int length, string more = "")
        => $"POST /v1/queues/limits{path} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n{more}Content-Length: {length}\r\n\r\n";

    private sealed class Service(RedisServer redis, ApiHost host) : IAsyncDisposable
    {
        public Uri Address => host.Http.BaseAddress!;

        public IReadOnlyList<string> Faults => host.Faults;

        public BodyMemory BodyMemory => host.Services.GetRequiredService<BodyMemory>();

        public QueueCalls Calls { get; } = new(host.Http, "limits");

        public static async Task<Service> StartAsync(params (string Name, string Value)[] settings)
        {
            var redis = await TestServer.StartAsync(new RedisServer());
            return new Service(redis, new ApiHost(redis.ConnectionString, settings: settings));
        }

        public async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            await redis.DisposeAsync();
        }
    }
}
