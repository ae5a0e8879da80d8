using System.Text.RegularExpressions;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Api.Hostile;

/// <summary>
/// Callers that take connections, time and memory: a service in a process of its own serves the others as before, and its memory stays bounded. Figures are written to
/// the output.
/// </summary>
public sealed class NeighbourTests(ITestOutputHelper output)
{
    private const int Lives = 150;

    // Attackers, service and neighbours share the machine, with whatever else runs there: up to here nobody is meant. The ratio is for the report.
    private static readonly TimeSpan Unremarkable = TimeSpan.FromSeconds(5);
    private const int MostRatio = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Others_IdleConnections_AreServedAsBefore() => IdleAsync(500);

    /// <summary>The test and the service need a descriptor each for every connection: <c>ulimit -n 16384</c>.</summary>
    [LongFact]
    public Task Others_TenThousandIdleConnections_AreServedAsBefore() => IdleAsync(10_000);

    private Task IdleAsync(int count) => MeasureAsync($"{count} idle connections", mostBytes: (64L << 20) + count * (32L << 10), [], async (service, _) =>
    {
        var connections = new List<IDisposable>();
        for (var number = 0; number < count; number++) connections.Add(await RawConnection.OpenAsync(service));
        return connections;
    });

    [Fact]
    public Task Others_SlowHeads_AreServedAsBefore() => MeasureAsync("300 heads that do not end", 64L << 20, [], async (service, _) =>
    {
        var connections = await OpenAsync(service, 300);
        foreach (var connection in connections) await connection.SendAsync("POST /v1/queues/slow/tasks HTTP/1.1\r\nHost: here\r\nX-Slow: ");
        return connections;
    });

    [Fact]
    public Task Others_SlowBodies_AreServedAsBefore() => MeasureAsync("300 bodies of 30 MiB that do not end", 96L << 20, [], async (service, _) =>
    {
        var connections = await OpenAsync(service, 300);
        foreach (var connection in connections) await connection.SendAsync($"{Head("/v1/queues/slow/graphs", 30 << 20)}{new string(' ', 1_000)}");
        return connections;
    });

    [Fact]
    public Task Others_BodiesOfTenMegabytes_AreServedAsBeforeAndEachIsTooLarge() => MeasureAsync("100 bodies of 10 MB", 256L << 20, [], async (service, _) =>
    {
        var body = new byte[10_000_000];
        Array.Fill(body, (byte)' ');
        var statuses = new List<string>();
        for (var number = 0; number < 100; number++)
        {
            using var connection = await RawConnection.OpenAsync(service);
            await connection.SendAsync(Head("/v1/queues/large/tasks", body.Length));
            statuses.Add((await connection.ReadUntilAsync("\r\n"))[9..12]);
            await connection.SendAsync(body);
        }
        Assert.All(statuses, status => Assert.Equal("413", status));
        return [];
    });

    [Fact]
    public Task Others_EventsNeverRead_AreServedAsBeforeAndTheReadersAreCutOff() => UnreadAsync(readers: 50, megabytes: 4, eventSeconds: 1);

    [LongFact]
    public Task Others_EventsOfThousandReadersNeverRead_AreServedAsBefore() => UnreadAsync(readers: 1_000, megabytes: 64, eventSeconds: 30);

    private Task UnreadAsync(int readers, int megabytes, int eventSeconds) => MeasureAsync(
        $"{readers} event streams that nobody reads, {megabytes} MB each", (192L << 20) + readers * (1L << 20), [$"--Http:EventSeconds={eventSeconds}"], async (service, http) =>
        {
            var queue = new QueueCalls(http, "watched");
            var connections = await OpenAsync(service, readers, receiveBuffer: 4 << 10);
            foreach (var connection in connections)
            {
                await connection.SendAsync("GET /v1/queues/watched/events HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
                await connection.ReadUntilAsync("listening\n\n");
            }
            var (_, id, token) = await queue.StartTaskAsync();
            var message = new string('m', 8_000);
            for (var number = 0; number < megabytes * 125; number++)
                (await queue.PostAsync($"/tasks/{id}/heartbeat", $$"""{"leaseToken":"{{token}}","progress":{{number % 100 / 100.0}},"message":"{{number}}{{message}}"}""")).Expect(200);
            return connections;
        }, async connections =>
        {
            // What is still there is what the systems had taken in: the stream ends, and long before its end.
            foreach (var connection in connections.Take(10).Cast<RawConnection>())
                Assert.InRange(Regex.Count(await connection.ReadToEndAsync(), "event: progress"), 1, megabytes * 125 - 1);
        });

    private async Task MeasureAsync(
        string name, long mostBytes, IReadOnlyList<string> settings, Func<Uri, HttpClient, Task<IReadOnlyList<IDisposable>>> attack,
        Func<IReadOnlyList<IDisposable>, Task>? check = null)
    {
        await using var redis = await TestServer.StartAsync(new RedisServer { Fsync = Fsync.EverySecond });
        await using var api = await TestServer.StartAsync(new ApiServer(redis.ConnectionString) { Settings = settings });
        using var neighbours = new Neighbours(api.Address);
        using var http = new HttpClient { BaseAddress = api.Address };
        await neighbours.MeasureAsync(Lives);
        var quiet = await neighbours.MeasureAsync(Lives);
        var before = await api.ResidentBytesAsync();

        var attacking = attack(api.Address, http);
        var disturbed = await neighbours.MeasureAsync(Lives);
        var held = await attacking;
        var afterwards = await neighbours.MeasureAsync(Lives);
        var grown = await api.ResidentBytesAsync() - before;

        output.WriteLine(
            $"{name}: p99 {quiet.TotalMilliseconds:0.0} ms alone, {disturbed.TotalMilliseconds:0.0} ms while it begins ({disturbed / quiet:0.0} ×), "
            + $"{afterwards.TotalMilliseconds:0.0} ms while it stands ({afterwards / quiet:0.0} ×); memory {before >> 20} MiB and {grown >> 20} MiB more.");
        Assert.True(disturbed < Unremarkable || disturbed / quiet <= MostRatio, $"p99 {disturbed} against {quiet}");
        Assert.True(afterwards < Unremarkable || afterwards / quiet <= MostRatio, $"p99 {afterwards} against {quiet}");
        Assert.InRange(grown, long.MinValue, mostBytes);
        if (check is not null) await check(held);
        using var health = await http.GetAsync("/health", Cancel);
        Assert.True(health.IsSuccessStatusCode, await health.Content.ReadAsStringAsync(Cancel));
        foreach (var connection in held) connection.Dispose();
    }

    private static string Head(string path, int length)
        => $"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n";

    private static async Task<List<RawConnection>> OpenAsync(Uri service, int count, int? receiveBuffer = null)
    {
        var connections = new List<RawConnection>();
        for (var number = 0; number < count; number++) connections.Add(await RawConnection.OpenAsync(service, receiveBuffer));
        return connections;
    }
}
