using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TaskPlatform.Api.Store;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Store;

/// <summary>What happens to a real redis-server: killed, stopped, with a shorter log, full, with its scripts flushed.</summary>
public sealed class RedisAccidentTests
{
    private const string Queue = "q";
    private const int StoreUnavailableEvent = 2001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ScriptFlush_UnderLoad_EachUnitIsStored()
    {
        await using var server = await TestServer.StartAsync(new RedisServer());
        await using var bed = await RedisBed.ConnectAsync(server);
        await using var pipeline = await OpenAsync(bed);
        var fates = new List<Task<CommitFate>>();
        for (var i = 1; i <= 300; i++)
        {
            if (i % 3 == 0) await bed.Database.ExecuteAsync("SCRIPT", "FLUSH");
            await pipeline.WhenRoom();
            fates.Add(pipeline.CommitAsync(Changes($"task-{i}")));
        }

        Assert.All(await Task.WhenAll(fates), fate => Assert.Equal(CommitFate.Durable, fate));
        Assert.Equal(300, await bed.Database.HashLengthAsync(RedisBed.Keys(Queue)[0]));
        Assert.Equal(300, (long)await bed.Database.HashGetAsync(RedisBed.Keys(Queue)[2], "sequence"));
    }

    [Fact]
    public async Task Stopped_LongerThanTheTimeout_UnitsAreStoredOnceItGoesOn()
    {
        await using var server = await TestServer.StartAsync(new RedisServer());
        await using var bed = await RedisBed.ConnectAsync(server, ",asyncTimeout=300");
        var logger = new RecordingLogger<CommitPipeline>();
        await using var pipeline = await OpenAsync(bed, logger);
        Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(Changes("task-1")));

        await server.StopAsync();
        var units = new[] { pipeline.CommitAsync(Changes("task-2")), pipeline.CommitAsync(Changes("task-3")) };
        await logger.SeenAsync(StoreUnavailableEvent, Cancel);
        Assert.True(pipeline.OldestUnacknowledged > TimeSpan.FromMilliseconds(250));
        Assert.All(units, unit => Assert.False(unit.IsCompleted));
        await server.ContinueAsync();

        Assert.All(await Task.WhenAll(units), fate => Assert.Equal(CommitFate.Durable, fate));
        Assert.Equal(3, pipeline.Sequence);
        Assert.Equal(3, await bed.Database.HashLengthAsync(RedisBed.Keys(Queue)[0]));
    }

    [Fact]
    public async Task Killed_UnderLoad_HasEveryAcknowledgedUnitAndTakesTheRest()
    {
        await using var server = await TestServer.StartAsync(new RedisServer());
        await using var bed = await RedisBed.ConnectAsync(server);
        await using var pipeline = await OpenAsync(bed);
        var fates = new List<Task<CommitFate>>();
        var sent = 0;
        for (var kill = 0; kill < 3; kill++)
        {
            await SendAsync(50);
            await server.KillAsync();
            var acknowledged = fates.Count(fate => fate.IsCompletedSuccessfully);
            await server.RestartAsync();
            await using var after = await RedisBed.ConnectAsync(server);
            Assert.True(await after.Database.HashLengthAsync(RedisBed.Keys(Queue)[0]) >= acknowledged);
        }

        await SendAsync(50);
        Assert.All(await Task.WhenAll(fates), fate => Assert.Equal(CommitFate.Durable, fate));
        await using var end = await RedisBed.ConnectAsync(server);
        Assert.Equal(200, await end.Database.HashLengthAsync(RedisBed.Keys(Queue)[0]));

        async Task SendAsync(int count)
        {
            for (; count > 0; count--)
            {
                await pipeline.WhenRoom();
                fates.Add(pipeline.CommitAsync(Changes($"task-{++sent}")));
            }
        }
    }

    [Fact]
    public async Task Killed_BetweenTheCallsOfOneUnit_ItIsStoredWhole()
    {
        await using var server = await TestServer.StartAsync(new RedisServer());
        await using var bed = await RedisBed.ConnectAsync(server);
        await using var pipeline = await OpenAsync(bed);
        var changes = new ChangeSet();
        for (var i = 0; i < 64; i++) changes.PutTask($"task-{i}", new byte[512 << 10]);
        changes.PutState("graph", Encoding.UTF8.GetBytes("g"));

        var unit = pipeline.CommitAsync(changes);
        while (await StoredAsync(bed) is 0) await Task.Yield();
        await server.KillAsync();
        await server.RestartAsync();

        Assert.Equal(CommitFate.Durable, await unit);
        Assert.Equal(5, pipeline.Sequence);
        await using var after = await RedisBed.ConnectAsync(server);
        Assert.Equal(64, await after.Database.HashLengthAsync(RedisBed.Keys(Queue)[0]));
        Assert.Equal("g", await after.Database.HashGetAsync(RedisBed.Keys(Queue)[1], "graph"));
    }

    [Fact]
    public async Task ComesBackWithAShorterLog_TheLostIsWrittenAgain()
    {
        await using var server = await TestServer.StartAsync(new RedisServer());
        await using var bed = await RedisBed.ConnectAsync(server);
        await using var pipeline = await OpenAsync(bed);
        for (var i = 1; i <= 3; i++) await pipeline.CommitAsync(Changes($"task-{i}"));
        await server.KillAsync();
        var log = Directory.GetFiles(Path.Combine(server.Folder, "appendonlydir")).ToDictionary(file => file, File.ReadAllBytes);
        await server.RestartAsync();
        for (var i = 4; i <= 6; i++) Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(Changes($"task-{i}")));

        await server.KillAsync();
        foreach (var (file, bytes) in log) await File.WriteAllBytesAsync(file, bytes, Cancel);
        await server.RestartAsync();

        Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(Changes("task-7")));
        await using var after = await RedisBed.ConnectAsync(server);
        Assert.Equal(7, await after.Database.HashLengthAsync(RedisBed.Keys(Queue)[0]));
    }

    [Fact(Timeout = 120_000)]
    public async Task Full_BatchesAreStillWritten()
    {
        await using var server = await TestServer.StartAsync(new RedisServer { MoreArguments = ["--maxmemory", "6mb"] });
        await using var bed = await RedisBed.ConnectAsync(server);
        await using var pipeline = await OpenAsync(bed);
        using var facts = new RedisServerFacts(bed.Connections, false, TimeProvider.System, NullLogger<RedisServerFacts>.Instance);
        await facts.RefreshAsync(Cancel);
        Assert.False(facts.Current.MemoryFull);
        var large = new ChangeSet();
        for (var i = 0; i < 12; i++) large.PutTask($"task-{i}", new byte[512 << 10]);
        Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(large).WaitAsync(TestContext.Current.CancellationToken));

        await Assert.ThrowsAsync<RedisServerException>(() => bed.Database.StringSetAsync("other", "x"));
        Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(Changes("settled")));
        await facts.RefreshAsync(Cancel);
        Assert.True(facts.Current.MemoryFull);
    }

    [Fact]
    public async Task Restarted_WhileRecordsAreLoaded_LoadingFails()
    {
        await using var server = await TestServer.StartAsync(new RedisServer());
        await using var bed = await RedisBed.ConnectAsync(server);
        await using (var pipeline = await OpenAsync(bed))
        {
            var changes = new ChangeSet();
            for (var i = 0; i < 10_000; i++) changes.PutTask($"task-{i}", new byte[200]);
            Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(changes));
        }

        await using var pages = bed.Stores.For(Queue).LoadTasksAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await pages.MoveNextAsync());
        await server.RestartAsync();
        // The connection comes back by itself, so pages go on; but they are another server's.
        await Patiently.DoAsync(() => bed.Stores.ListQueuesAsync(Cancel), Cancel);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            while (await pages.MoveNextAsync())
            {
            }
        });
    }

    private static async Task<long> StoredAsync(RedisBed bed) => (long)await bed.Database.HashGetAsync(RedisBed.Keys(Queue)[2], "sequence");

    private static async Task<CommitPipeline> OpenAsync(RedisBed bed, ILogger<CommitPipeline>? logger = null)
    {
        var store = bed.Stores.For(Queue);
        var taken = Assert.IsType<Takeover.Acquired>(await store.TakeOverAsync("one", Cancel));
        return new(store, "one", taken, new(), TimeProvider.System, logger ?? NullLogger<CommitPipeline>.Instance);
    }

    private static ChangeSet Changes(string field)
    {
        var changes = new ChangeSet();
        changes.PutTask(field, Encoding.UTF8.GetBytes(field));
        return changes;
    }
}
