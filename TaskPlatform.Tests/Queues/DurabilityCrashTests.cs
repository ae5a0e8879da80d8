using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Queues;

/// <summary>
/// What is there after an owner died. It dies by another process that takes the queue under the same name: nothing that it still has in memory
/// reaches the store. Its clock stands still, so nothing is written by the passing of time.
/// </summary>
public sealed class DurabilityCrashTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _queue = $"q{Guid.NewGuid():N}";

    [Fact]
    public async Task Durable_OwnerDies_EverythingAnsweredIsThere()
    {
        await using var first = await WorkAsync(Durability.Durable);

        await using var second = await QueueHost.StartAsync(redis);

        Assert.Equal(TaskState.Assigned, (await second.GetAsync(_queue, "granted")).State);
        Assert.Equal(TaskState.Pending, (await second.GetAsync(_queue, "before")).State);
        Assert.Equal(TaskState.Pending, (await second.GetAsync(_queue, "after")).State);
    }

    [Fact]
    public async Task Buffered_OwnerDies_TheGrantAndAllBeforeItAreThere()
    {
        await using var first = await WorkAsync(Durability.Buffered);
        var token = (await first.GetAsync(_queue, "granted")).Lease!.Token;

        await using var second = await QueueHost.StartAsync(redis);

        Assert.Equal(TaskState.Pending, (await second.GetAsync(_queue, "before")).State);
        await AssertUnknownAsync(second, "after");
        var completed = await second.SendAsync(_queue, new Command.Complete("granted", token, null, null, null));
        Assert.Equal(TaskState.Completed, Assert.IsType<Outcome.TaskAnswer>(completed).View.Task.State);
        // Should the dead one yet come to: the fence holds.
        await first.DisposeAsync();
        await second.DisposeAsync();
        await using var third = await QueueHost.StartAsync(redis);
        await AssertUnknownAsync(third, "after");
        Assert.Equal(TaskState.Completed, (await third.GetAsync(_queue, "granted")).State);
    }

    [Fact]
    public async Task Memory_OwnerDies_OnlyTheSettingsAreThere()
    {
        await using var first = await WorkAsync(Durability.Memory);

        await using var second = await QueueHost.StartAsync(redis);

        await AssertUnknownAsync(second, "granted");
        await AssertUnknownAsync(second, "before");
        var queue = Assert.IsType<Outcome.QueueAnswer>(await second.SendAsync(_queue, new Command.GetQueue())).View;
        Assert.Equal(Durability.Memory, queue.Settings.Durability);
        Assert.All(queue.Counts, count => Assert.Equal(0, count));
    }

    private async Task<QueueHost> WorkAsync(Durability durability)
    {
        var host = await QueueHost.StartAsync(redis, time: new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await host.SendAsync(_queue, new Command.Configure(new SettingsChange { Durability = durability }));
        await host.SubmitAsync(_queue, "granted");
        await host.SubmitAsync(_queue, "before");
        Assert.Equal("granted", Assert.Single(await host.ClaimAsync(_queue)).Task.Id);
        await host.SubmitAsync(_queue, "after");
        return host;
    }

    private async Task AssertUnknownAsync(QueueHost host, string id)
    {
        var refused = Assert.IsType<Outcome.Refused>(await host.SendAsync(_queue, new Command.GetTask(id)));
        Assert.Equal(Refusal.TaskNotFound, refused.Refusal.Name);
    }
}
