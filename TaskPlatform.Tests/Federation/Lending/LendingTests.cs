using System.Net;
using System.Text;
using TaskPlatform.Api.Federation.Lending;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Lending;

/// <summary>Three nodes on one machine share work over their real ports: what moves, what stays, and what becomes of it when something goes wrong on the way.</summary>
public sealed class LendingTests(NodeStores stores) : IClassFixture<NodeStores>, IAsyncLifetime
{
    private const string Agent = "agent";

    private readonly string _folder = Directory.CreateTempSubdirectory("lending-").FullName;
    private readonly List<LendingNode> _nodes = [];

    public ValueTask InitializeAsync()
    {
        MembershipFiles.Create(_folder, new NewFederation([.. Enumerable.Range(1, 3).Select(n => ($"node{n}", new Uri($"https://127.0.0.1:{FreePort.Next()}")))])
        {
            Aggregator = new Uri($"https://127.0.0.1:{FreePort.Next()}"),
            PeriodSeconds = 3_600,
        });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Submit_HomeIsFull_TheTaskIsDoneByAPeerAndCompletesAtHome()
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        await FillAsync(home);
        await peer.RegisterAsync(Agent, 1);
        var claim = peer.ClaimAsync(Agent);

        await home.SubmitAsync("second", task => task with { Priority = TaskPriority.High });
        var mirror = await claim;

        Assert.Equal(("about second", "{\"of\":\"second\"}", TaskPriority.High), (mirror.Body!.Description, Encoding.UTF8.GetString(mirror.Body.Payload.Span), mirror.Priority));
        Assert.Equal("federation/node2", (await home.FindAsync("second"))!.Lease!.AgentId);
        await home.ExpectAsync(happened => happened is { TaskId: "second", IsFinal: true }, () => CompleteAsync(peer, mirror, "42"));
        var done = (await home.FindAsync("second"))!;
        Assert.Equal((TaskState.Completed, "42"), (done.State, Encoding.UTF8.GetString(done.Result.Span)));
        Assert.Equal(("federation/node2", AttemptRecord.Completed), (done.Attempts.Single().AgentId, done.Attempts.Single().Outcome));
    }

    [Fact]
    public async Task Complete_AtThePeer_TheMirrorIsDeleted()
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        var mirror = await MoveAsync(home, peer);

        await peer.ExpectAsync(happened => happened.Kind == TaskEvent.Deleted && happened.TaskId == mirror.Id, () => CompleteAsync(peer, mirror, "1"));

        Assert.Null(await peer.FindAsync(mirror.Id));
    }

    [Fact]
    public async Task Ask_PeerIsIdleAndNothingWasOffered_TakesTheWaitingTask()
    {
        var home = await StartAsync("node1");
        await FillAsync(home);
        await home.SubmitAsync("second");
        var peer = await StartAsync("node2");
        await peer.RegisterAsync(Agent, 1);

        var mirror = await peer.ClaimAsync(Agent);

        Assert.Equal("{\"of\":\"second\"}", Encoding.UTF8.GetString(mirror.Body!.Payload.Span));
    }

    [Fact]
    public async Task Ask_SeveralSlotsAreFree_TakesAsManyTasksAtOnce()
    {
        var home = await StartAsync("node1");
        await FillAsync(home);
        foreach (var number in Enumerable.Range(1, 5)) await home.SubmitAsync($"waits-{number}");
        var peer = await StartAsync("node2");
        await peer.RegisterAsync(Agent, 3);

        var mirrors = new List<TaskItem> { await peer.ClaimAsync(Agent), await peer.ClaimAsync(Agent), await peer.ClaimAsync(Agent) };

        Assert.Equal(3, mirrors.DistinctBy(mirror => mirror.Id).Count());
        Assert.Equal(2, Assert.IsType<Outcome.Page>(await home.SendAsync(new Command.ListTasks(TaskFilter.Any with { State = TaskState.Pending }, 10, long.MaxValue))).Tasks.Length);
    }

    [Fact]
    public async Task Fail_AtThePeer_HomeTriesAgainByItsOwnRule()
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        var mirror = await MoveAsync(home, peer);

        await home.ExpectAsync(
            happened => happened is { TaskId: "second", Kind: TaskEvent.Retrying },
            () => peer.SendAsync(new Command.Fail(mirror.Id, mirror.Lease!.Token, new TaskError("broken", "It broke.", Retryable: true), null)));

        var task = (await home.FindAsync("second"))!;
        Assert.Equal((TaskState.Scheduled, 1, "broken"), (task.State, task.AttemptsUsed, task.Error!.Type));
    }

    [Fact]
    public async Task Cancel_AtHome_TheMirrorIsCancelled()
    {
        var (home, peer) = (await StartAsync("node1", ("Federation:LeaseSeconds", "1")), await StartAsync("node2"));
        var mirror = await MoveAsync(home, peer);

        await peer.ExpectAsync(
            happened => happened.TaskId == mirror.Id && happened.Kind == TaskEvent.CancelRequested,
            () => home.SendAsync(new Command.Cancel("second", "Not needed.")));
        await home.ExpectAsync(
            happened => happened is { TaskId: "second", IsFinal: true },
            () => peer.SendAsync(new Command.Fail(mirror.Id, mirror.Lease!.Token, new TaskError("stopped", "", Retryable: false), null)));

        Assert.Equal(TaskState.Cancelled, (await home.FindAsync("second"))!.State);
    }

    [Fact]
    public async Task Complete_HomeHasGivenTheTaskToSomebodyElse_CountsForNothing()
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        var mirror = await MoveAsync(home, peer);
        await home.SendAsync(new Command.RemoveAgent("federation/node2"));
        await home.RegisterAsync("other", 1);
        var again = await home.ClaimAsync("other");
        Assert.Equal("second", again.Id);

        await peer.ExpectAsync(happened => happened.Kind == TaskEvent.Deleted && happened.TaskId == mirror.Id, () => CompleteAsync(peer, mirror, "\"late\""));
        await home.SendAsync(new Command.Complete("second", again.Lease!.Token, Encoding.UTF8.GetBytes("\"right\""), null, null));

        Assert.Equal("\"right\"", Encoding.UTF8.GetString((await home.FindAsync("second"))!.Result.Span));
    }

    [Fact]
    public async Task Restart_OfThePeer_TheMirrorGoesOnAndItsEndCounts()
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        var mirror = await MoveAsync(home, peer);
        peer = await RestartAsync(peer, "node2");

        await home.ExpectAsync(happened => happened is { TaskId: "second", IsFinal: true }, () => CompleteAsync(peer, mirror, "42"));

        Assert.Equal(TaskState.Completed, (await home.FindAsync("second"))!.State);
    }

    [Fact]
    public async Task Complete_WhileHomeIsDown_CountsWhenItIsBack()
    {
        var (home, peer) = (await StartAsync("node1", ("Federation:LeaseSeconds", "2")), await StartAsync("node2"));
        var mirror = await MoveAsync(home, peer);
        await StopAsync(home);
        await CompleteAsync(peer, mirror, "42");

        home = await StartAsync("node1", home.Queue);
        if ((await home.FindAsync("second"))!.State != TaskState.Completed) await home.ExpectAsync(happened => happened is { TaskId: "second", IsFinal: true });

        Assert.Equal("42", Encoding.UTF8.GetString((await home.FindAsync("second"))!.Result.Span));
    }

    [Fact]
    public async Task Lend_ThePeerNeverReports_TheTaskComesBack()
    {
        var home = await StartAsync("node1", ("Federation:LeaseSeconds", "1"));
        await home.SubmitAsync("lost");

        await home.ExpectAsync(
            happened => happened is { TaskId: "lost", Kind: TaskEvent.LeaseLost },
            async () => Assert.Single(await home.Get<Lender>().LendAsync("node2", [LendingNode.Type], 1, TestContext.Current.CancellationToken)));

        Assert.Equal(TaskState.Pending, (await home.FindAsync("lost"))!.State);
    }

    [Fact]
    public async Task Lend_TypeIsNotExported_Stays()
    {
        var home = await StartAsync("node1");
        await home.SubmitAsync("secret", task => task with { Type = "payroll" });

        Assert.Empty(await home.Get<Lender>().LendAsync("node2", ["payroll", LendingNode.Type], 1, TestContext.Current.CancellationToken));
        Assert.Null(await home.Get<Lender>().LendAsync("node2", "secret", "payroll", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Take_NoPlaceWasPromised_IsRefusedAndTheTaskStandsAtHomeAgain()
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        await home.SubmitAsync("unwanted");
        var lent = (await home.Get<Lender>().LendAsync("node2", "unwanted", LendingNode.Type, TestContext.Current.CancellationToken))!;

        Assert.False(await home.Get<PeerClient>().SendAsync(home.Get<PeerDirectory>().Find("node2")!, lent, TestContext.Current.CancellationToken));
        await home.Get<Lender>().TakeBackAsync(lent);

        var task = (await home.FindAsync("unwanted"))!;
        Assert.Equal((TaskState.Pending, 0), (task.State, task.AttemptsUsed));
        Assert.Empty(Assert.IsType<Outcome.Page>(await peer.SendAsync(new Command.ListTasks(TaskFilter.Any, 10, long.MaxValue))).Tasks);
    }

    /// <summary>What an admitted node that is broken, or somebody else's by now, could say.</summary>
    public static TheoryData<string> WildReports { get; } = new(
        """{"taskId":null,"token":"0123456789abcdef0123456789abcdef","verb":"Heartbeat"}""",
        """{"taskId":"second","token":null,"verb":"Heartbeat"}""",
        """{"taskId":"second","token":"0123456789abcdef0123456789abcdef"}""",
        """{"taskId":"second","token":"0123456789abcdef0123456789abcdef","verb":"Explode"}""",
        """{"taskId":"second","token":"0123456789abcdef0123456789abcdef","verb":9}""",
        """{"taskId":"second","token":"0123456789abcdef0123456789abcdef","verb":"Complete","confidence":1e999}""",
        """{"taskId":"second","token":"0123456789abcdef0123456789abcdef","verb":"Complete","confidence":2}""",
        """{"taskId":"second","token":"0123456789abcdef0123456789abcdef","verb":"Complete","tokens":-1}""",
        """{"taskId":"second","token":"0123456789abcdef0123456789abcdef","verb":"Complete","result":"bm8ganNvbg=="}""",
        """{"taskId":"second","token":"0123456789abcdef0123456789abcdef","verb":"Complete","more":1}""",
        "[]", "null", "no json");

    [Theory, MemberData(nameof(WildReports))]
    public async Task Report_ThatNoCallerCouldMake_IsRefusedAndTheQueueServesOn(string json)
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        await home.SubmitAsync("second");
        var (peers, homeMember) = (peer.Get<PeerDirectory>(), peer.Get<PeerDirectory>().Find("node1")!);

        using var box = new ByteArrayContent(peers.Seal(homeMember, PeerRoutes.Reports, Encoding.UTF8.GetBytes(json)));
        using var answer = await peer.Get<PeerConnections>().To(homeMember).PostAsync(PeerRoutes.Reports, box, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(TaskState.Pending, (await home.FindAsync("second"))!.State);
    }

    [Fact]
    public async Task Report_OfAPeerThatTheTaskWasNotLentTo_CountsForNothing()
    {
        var (home, other) = (await StartAsync("node1"), await StartAsync("node3"));
        await home.SubmitAsync("second");
        var lent = (await home.Get<Lender>().LendAsync("node2", "second", LendingNode.Type, TestContext.Current.CancellationToken))!;
        var report = new LeaseReport { TaskId = "second", Token = lent.Token, Verb = ReportVerb.Complete, Result = "1"u8.ToArray() };

        var answer = await other.Get<PeerClient>().ReportAsync(other.Get<PeerDirectory>().Find("node1")!, report, TestContext.Current.CancellationToken);

        Assert.False(answer.IsStanding);
        Assert.Equal(TaskState.Assigned, (await home.FindAsync("second"))!.State);
    }

    [Fact]
    public async Task Take_AnotherTypeThanWasPromised_IsRefused()
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        await BusyAsync(peer);
        var (client, member) = (home.Get<PeerClient>(), home.Get<PeerDirectory>().Find("node2")!);
        Assert.True(await client.OfferAsync(member, LendingNode.Type, TestContext.Current.CancellationToken));
        await home.SubmitAsync("second");
        var lent = (await home.Get<Lender>().LendAsync("node2", "second", LendingNode.Type, TestContext.Current.CancellationToken))!;

        Assert.False(await client.SendAsync(member, lent with { Type = "deploy-prod" }, TestContext.Current.CancellationToken));
        Assert.True(await client.SendAsync(member, lent, TestContext.Current.CancellationToken));
        Assert.False(await client.SendAsync(member, lent, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Ask_ByAnAgentOfThePeer_TheTaskIsDoneAtHomeInstead()
    {
        var (home, peer) = (await StartAsync("node1", ("Federation:LeaseSeconds", "1")), await StartAsync("node2"));
        var mirror = await MoveAsync(home, peer);

        await home.ExpectAsync(
            happened => happened is { TaskId: "second", Kind: TaskEvent.Released },
            () => peer.SendAsync(new Command.Ask(mirror.Id, mirror.Lease!.Token, "Go on?", [])));

        Assert.Null(await home.Get<Lender>().LendAsync("node3", "second", LendingNode.Type, TestContext.Current.CancellationToken));
        Assert.Equal(TaskState.Pending, (await home.FindAsync("second"))!.State);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(4 * 3_600 - 60, true)]
    [InlineData(4 * 3_600 + 1, false)]
    public async Task Offer_FiguresOfAnAge_AreAnsweredWhileTheyAreNotOlderThanFourPeriods(double agedSeconds, bool answered)
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        await BusyAsync(peer, agedSeconds);

        var isTaken = await home.Get<PeerClient>().OfferAsync(home.Get<PeerDirectory>().Find("node2")!, LendingNode.Type, TestContext.Current.CancellationToken);

        Assert.Equal(answered, isTaken);
    }

    [Fact]
    public async Task Offer_NobodyHereCanDoTheType_IsRefused()
    {
        var (home, peer) = (await StartAsync("node1"), await StartAsync("node2"));
        await peer.SendAsync(new Command.RegisterAgent(Agent, ["analysis"], 1));
        await peer.SendAsync(new Command.Claim(Agent, null, null, 1, 0, null, null));

        Assert.False(await home.Get<PeerClient>().OfferAsync(home.Get<PeerDirectory>().Find("node2")!, LendingNode.Type, TestContext.Current.CancellationToken));
    }

    /// <summary>Below the federation's mean, so that it takes more; and with no slot free, so that it does not ask for work itself.</summary>
    private static async Task BusyAsync(LendingNode peer, double figuresAgedSeconds = 0)
    {
        await FillAsync(peer);
        peer.SetFigures(load: 30, figuresAgedSeconds);
    }

    private Task<LendingNode> StartAsync(string id, params (string Name, string Value)[] settings) => StartAsync(id, $"{id}-{Guid.NewGuid():N}", settings);

    private async Task<LendingNode> StartAsync(string id, string queue, params (string Name, string Value)[] settings)
    {
        var node = await LendingNode.StartAsync(_folder, id, stores.Of(id), queue, settings);
        _nodes.Add(node);
        return node;
    }

    private async Task StopAsync(LendingNode node)
    {
        _nodes.Remove(node);
        await node.DisposeAsync();
    }

    private async Task<LendingNode> RestartAsync(LendingNode node, string id)
    {
        await StopAsync(node);
        return await StartAsync(id, node.Queue);
    }

    /// <summary>One agent with one slot, and that is taken.</summary>
    private static async Task FillAsync(LendingNode home)
    {
        await home.RegisterAsync(Agent, 1);
        await home.SubmitAsync("first");
        Assert.Equal("first", (await home.ClaimAsync(Agent)).Id);
    }

    /// <summary>The task <c>second</c> of the home is with an agent of the peer.</summary>
    private static async Task<TaskItem> MoveAsync(LendingNode home, LendingNode peer)
    {
        await FillAsync(home);
        await peer.RegisterAsync(Agent, 1);
        var claim = peer.ClaimAsync(Agent);
        await home.SubmitAsync("second");
        return await claim;
    }

    private static async Task CompleteAsync(LendingNode peer, TaskItem mirror, string result)
        => Assert.IsType<Outcome.TaskAnswer>(await peer.SendAsync(new Command.Complete(mirror.Id, mirror.Lease!.Token, Encoding.UTF8.GetBytes(result), null, null)));
}
