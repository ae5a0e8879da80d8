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
