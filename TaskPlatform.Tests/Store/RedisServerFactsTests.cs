using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Store;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Store;

public sealed class RedisServerFactsTests
{
    [Theory]
    [InlineData("1", "always", "noeviction", "always", 0)]
    [InlineData("yes", "everysec", "noeviction", "everysec", 0)]
    [InlineData("1", "no", "noeviction", "unknown", 1)]
    [InlineData("0", "everysec", "noeviction", "unknown", 1)]
    [InlineData("1", null, null, "unknown", 0)]
    [InlineData(null, null, null, "unknown", 0)]
    public void Judge_Settings_NamesFsyncAndWarns(string? appendOnly, string? fsync, string? policy, string name, int warnings)
    {
        var state = RedisServerFacts.Judge(appendOnly, fsync, policy, allowEviction: false);

        Assert.Equal(name, state.FsyncName);
        Assert.Equal(warnings, state.Warnings.Count);
        Assert.Null(state.DurableRefusal);
    }

    [Fact]
    public void Judge_AnEvictionPolicy_RefusesDurableUnlessAllowed()
    {
        Assert.Contains("allkeys-lru", RedisServerFacts.Judge("1", "always", "allkeys-lru", allowEviction: false).DurableRefusal, StringComparison.Ordinal);
        var allowed = RedisServerFacts.Judge("1", "always", "allkeys-lru", allowEviction: true);
        Assert.Null(allowed.DurableRefusal);
        Assert.Single(allowed.Warnings);
    }

    [Theory]
    [InlineData(Fsync.Always, "always")]
    [InlineData(Fsync.EverySecond, "everysec")]
    public async Task Refresh_ARealServer_TellsWhenItSyncs(Fsync fsync, string name)
    {
        await using var server = await TestServer.StartAsync(new RedisServer { Fsync = fsync });
        await using var connections = new RedisConnections(server.ConnectionString, NullLogger<RedisConnections>.Instance);
        using var facts = new RedisServerFacts(connections, false, TimeProvider.System, NullLogger<RedisServerFacts>.Instance);

        await facts.RefreshAsync(TestContext.Current.CancellationToken);

        Assert.Equal(name, facts.Current.FsyncName);
        Assert.Empty(facts.Current.Warnings);
        Assert.False(facts.Current.MemoryFull);
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("50mb", 50L << 20)]
    public async Task Refresh_ARealServer_MeasuresMemoryLimitAndRoundTrip(string maxMemory, long? limit)
    {
        await using var server = await TestServer.StartAsync(new RedisServer { MoreArguments = ["--maxmemory", maxMemory] });
        await using var connections = new RedisConnections(server.ConnectionString, NullLogger<RedisConnections>.Instance);
        using var facts = new RedisServerFacts(connections, false, TimeProvider.System, NullLogger<RedisServerFacts>.Instance);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        RedisGauges.Register(meters, facts);
        using var roundTrips = new MetricCollector<double>(null, "TaskPlatform", "taskplatform.redis.roundtrip");
        Assert.Empty(Read(meters, "taskplatform.redis.memory"));

        await facts.RefreshAsync(TestContext.Current.CancellationToken);

        Assert.InRange(Assert.Single(Read(meters, "taskplatform.redis.memory")), 100_000, 50L << 20);
        Assert.Equal(limit is { } bytes ? [bytes] : [], Read(meters, "taskplatform.redis.memory.limit"));
        Assert.Contains(roundTrips.GetMeasurementSnapshot(), measured => measured.Value is > 0 and < 5);
    }

    private static IEnumerable<long> Read(IMeterFactory meters, string name)
    {
        using var collector = new MetricCollector<long>(meters, "TaskPlatform", name);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().Select(measured => measured.Value);
    }

    [Fact]
    public void SameRun_StartedAtAnotherTime_IsAnotherRun()
    {
        // Garnet keeps its run id over a restart.
        var run = new RedisRun("id", TimeSpan.FromSeconds(100));

        Assert.True(run.IsSameAs(new("id", TimeSpan.FromSeconds(101))));
        Assert.False(run.IsSameAs(new("id", TimeSpan.FromSeconds(110))));
        Assert.False(run.IsSameAs(new("other", TimeSpan.FromSeconds(100))));
    }
}
