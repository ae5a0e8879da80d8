using System.Text;
using StackExchange.Redis;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Queues;

/// <summary>The owner on a real Redis: what it promises to callers.</summary>
public sealed class QueueOwnerTests : IClassFixture<RedisServer>
{
    private readonly RedisServer _redis;
    private readonly string _queue = $"q{Guid.NewGuid():N}";

    public QueueOwnerTests(RedisServer redis) => _redis = redis;

    [Fact]
    public async Task Life_SubmitClaimComplete_SurvivesTheOwner()
    {
        await using (var first = await QueueHost.StartAsync(_redis))
        {
            await first.SubmitAsync(_queue, "a");
            await first.SubmitAsync(_queue, "b", after: "a");
            var grant = Assert.Single(await first.ClaimAsync(_queue));
            await first.SendAsync(_queue, new Command.Complete("a", grant.Task.Lease!.Token, "[42]"u8.ToArray(), null, null));
        }

        await using var second = await QueueHost.StartAsync(_redis);
        Assert.Equal(TaskState.Completed, (await second.GetAsync(_queue, "a")).State);
        Assert.Equal(TaskState.Pending, (await second.GetAsync(_queue, "b")).State);
        var owner = await second.Owners.FindAsync(_queue, TestContext.Current.CancellationToken);
        var next = Assert.Single(await second.ClaimAsync(_queue));
        var whole = await owner.HydrateAsync(next, TestContext.Current.CancellationToken);
        Assert.NotNull(whole);
        Assert.Equal("[42]", Encoding.UTF8.GetString(Assert.Single(whole.Inputs).Result.Span));
        Assert.Equal("""{"n":1}""", Encoding.UTF8.GetString(whole.Task.Body!.Payload.Span));
    }

    [Fact]
    public async Task Lease_OwnerRestarted_StillStandsForItsHolder()
    {
        TaskView grant;
        await using (var first = await QueueHost.StartAsync(_redis))
        {
            await first.SubmitAsync(_queue, "a");
            grant = Assert.Single(await first.ClaimAsync(_queue, claimId: "c1"));
        }

        await using var second = await QueueHost.StartAsync(_redis);
        var again = Assert.Single(await second.ClaimAsync(_queue, claimId: "c1"));
        Assert.Equal(grant.Task.Lease!.Token, again.Task.Lease!.Token);
        var outcome = await second.SendAsync(_queue, new Command.Complete("a", grant.Task.Lease.Token, null, null, null));
        Assert.Equal(TaskState.Completed, Assert.IsType<Outcome.TaskAnswer>(outcome).View.Task.State);
    }

    [Fact]
    public async Task RemovedAgent_OwnerRestarted_IsGoneAndItsTaskIsThere()
    {
        await using (var first = await QueueHost.StartAsync(_redis))
        {
            await first.SendAsync(_queue, new Command.RegisterAgent("agent", ["general"], 2));
            await first.SubmitAsync(_queue, "a");
            Assert.Single(await first.ClaimAsync(_queue));
            Assert.IsType<Outcome.Done>(await first.SendAsync(_queue, new Command.RemoveAgent("agent")));
        }

        await using var second = await QueueHost.StartAsync(_redis);
        Assert.Empty(Assert.IsType<Outcome.AgentList>(await second.SendAsync(_queue, new Command.ListAgents())).Agents);
        Assert.Equal(TaskState.Pending, (await second.GetAsync(_queue, "a")).State);
    }

    [Fact]
    public async Task Claim_ThatWaits_IsAnsweredByTheNextSubmit()
    {
        await using var host = await QueueHost.StartAsync(_redis);
        var waiting = host.ClaimAsync(_queue, waitMs: 30_000);
        await host.SubmitAsync(_queue, "a");
        Assert.Equal("a", Assert.Single(await waiting).Task.Id);
    }

    [Fact]
    public async Task Claim_ThatWaits_EndsEmptyWhenItsTimeIsOver()
    {
        await using var host = await QueueHost.StartAsync(_redis);
        Assert.Empty(await host.ClaimAsync(_queue, waitMs: 50));
    }

    [Fact]
    public async Task Claim_CallerGoneWhileWaiting_TakesNothing()
    {
        await using var host = await QueueHost.StartAsync(_redis);
        using var caller = new CancellationTokenSource();
        var waiting = host.ClaimAsync(_queue, waitMs: 30_000, caller: caller);
        Assert.Empty(await host.ClaimAsync(_queue));
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await host.SubmitAsync(_queue, "a");
        Assert.Equal("a", Assert.Single(await host.ClaimAsync(_queue)).Task.Id);
    }

    [Fact]
    public async Task Lease_NoHeartbeat_RunsOutByItself()
    {
        await using var host = await QueueHost.StartAsync(_redis);
        await host.SubmitAsync(_queue, "a");
        var lost = Assert.Single(await host.ClaimAsync(_queue));
        var again = Assert.Single(await host.ClaimAsync(_queue, waitMs: 30_000));
        Assert.Equal(2, again.Task.Attempt);
        var late = await host.SendAsync(_queue, new Command.Complete("a", lost.Task.Lease!.Token, null, null, null));
        Assert.Equal(Refusal.LeaseLost, Assert.IsType<Outcome.Refused>(late).Refusal.Name);
    }

    [Fact]
    public async Task Graph_OfManyMegabytes_IsThereWholeAfterARestart()
    {
        var payload = Encoding.UTF8.GetBytes('"' + new string('x', 200_000) + '"');
        var tasks = Enumerable.Range(0, 100).Select(index => new TaskSubmission
        {
            Id = $"t{index}",
            Type = "work",
            DependsOn = index == 0 ? [] : [new DependencyEdge("t0")],
            Body = new TaskBody { Payload = payload },
        });
        await using (var first = await QueueHost.StartAsync(_redis)) await first.SendAsync(_queue, new Command.SubmitGraph("g", [.. tasks]));

        await using var second = await QueueHost.StartAsync(_redis);
        var graph = Assert.IsType<Outcome.GraphAnswer>(await second.SendAsync(_queue, new Command.GetGraph("g"))).View;
        Assert.Equal(100, graph.Tasks.Length);
        Assert.Equal(99, graph.Counts[(int)TaskState.Blocked]);
    }

    [Fact]
    public async Task Queue_OwnedElsewhere_IsUnavailableUntilGivenUp()
    {
        await using var here = await QueueHost.StartAsync(_redis);
        await here.SubmitAsync(_queue, "a");
        await using var there = await QueueHost.StartAsync(_redis, instance: "there");
        var refused = await Assert.ThrowsAsync<QueueUnavailableException>(() => there.GetAsync(_queue, "a"));
        Assert.InRange(refused.RetryAfter, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await here.DisposeAsync();
        Assert.Equal("a", (await there.GetAsync(_queue, "a")).Id);
    }

    [Fact]
    public async Task Queue_TakenBySameInstanceName_FencesTheFormerOwner()
    {
        await using var former = await QueueHost.StartAsync(_redis);
        await former.SubmitAsync(_queue, "a");
        var formerOwner = (QueueOwner)await former.Owners.FindAsync(_queue, TestContext.Current.CancellationToken);
        await using var present = await QueueHost.StartAsync(_redis);
        await present.SubmitAsync(_queue, "b");
        await Assert.ThrowsAsync<QueueUnavailableException>(() => formerOwner.SendAsync(new Command.Cancel("a", null), TestContext.Current.CancellationToken));
        Assert.True((await formerOwner.Ended).MayBeTakenAgain);
        Assert.Equal(TaskState.Pending, (await present.GetAsync(_queue, "a")).State);
    }

    [Fact]
    public async Task Record_Damaged_StopsItsQueueAndNoOther()
    {
        var other = _queue + "-other";
        await using (var first = await QueueHost.StartAsync(_redis))
        {
            await first.SubmitAsync(_queue, "a");
            await first.SubmitAsync(other, "a");
        }
        await using var connection = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        var key = $"tp:{{{_queue}}}:tasks";
        var record = (byte[])(await connection.GetDatabase().HashGetAsync(key, "a"))!;
        record[^5] ^= 1;
        await connection.GetDatabase().HashSetAsync(key, "a", record);

        await using var second = await QueueHost.StartAsync(_redis);
        var refused = await Assert.ThrowsAsync<QueueUnavailableException>(() => second.GetAsync(_queue, "a"));
        Assert.Contains("'a'", refused.Message);
        Assert.Equal("a", (await second.GetAsync(other, "a")).Id);
    }

    [Fact]
    public async Task Events_Resumed_MissNothingAndSayWhenTheyCannot()
    {
        await using var host = await QueueHost.StartAsync(_redis);
        var owner = await host.Owners.FindAsync(_queue, TestContext.Current.CancellationToken);
        await using var live = owner.Events.SubscribeAsync(null, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var first = live.MoveNextAsync();
        await host.SubmitAsync(_queue, "a");
        Assert.True(await first);
        Assert.Equal(("submitted", "a", "pending"), (live.Current.Kind, live.Current.TaskId, live.Current.State));
        await host.SubmitAsync(_queue, "b");

        await using var resumed = owner.Events.SubscribeAsync(live.Current.Id.ToString(), TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await resumed.MoveNextAsync());
        Assert.Equal("b", resumed.Current.TaskId);
        await using var unknown = owner.Events.SubscribeAsync("0-0-0", TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await unknown.MoveNextAsync());
        Assert.Equal("reset", unknown.Current.Kind);
    }
}
