using System.Diagnostics;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Queues;

/// <summary>Redis is away for a while: callers are told, and nobody who lives loses a lease.</summary>
public sealed class StoreOutageTests
{
    [Fact]
    public async Task Redis_StandsStill_CallersAreToldAndLeasesStand()
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var host = await QueueHost.StartAsync(redis);
        await host.SubmitAsync("q", "a");
        var grant = Assert.Single(await host.ClaimAsync("q"));
        var token = grant.Task.Lease!.Token;

        await redis.StopAsync();
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAsync<QueueUnavailableException>(() => host.SubmitAsync("q", "b"));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
        // Longer than the lease of 2 s.
        while (clock.Elapsed < TimeSpan.FromSeconds(4))
            await Assert.ThrowsAsync<QueueUnavailableException>(() => host.SendAsync("q", new Command.Heartbeat("a", token, 0.5, null, null, null)));
        await redis.ContinueAsync();

        var outcome = await UntilAnsweredAsync(host, new Command.Complete("a", token, null, null, null));
        Assert.Equal(TaskState.Completed, Assert.IsType<Outcome.TaskAnswer>(outcome).View.Task.State);
    }

    [Fact]
    public async Task Redis_KilledAndRestarted_WhatWasAcknowledgedIsThere()
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var host = await QueueHost.StartAsync(redis);
        await host.SubmitAsync("q", "a");
        await redis.KillAsync();
        await Assert.ThrowsAsync<QueueUnavailableException>(() => host.SubmitAsync("q", "b"));
        await redis.RestartAsync();
        Assert.IsType<Outcome.TaskAnswer>(await UntilAnsweredAsync(host, new Command.GetTask("a")));
        await host.SubmitAsync("q", "c");
        await using var other = await QueueHost.StartAsync(redis);
        Assert.Equal("c", (await other.GetAsync("q", "c")).Id);
    }

    private static async Task<Outcome> UntilAnsweredAsync(QueueHost host, Command command)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                return await host.SendAsync("q", command);
            }
            catch (QueueUnavailableException) when (clock.Elapsed < TimeSpan.FromSeconds(10))
            {
                // What a client does: the same call again.
                await Task.Yield();
            }
        }
    }
}
