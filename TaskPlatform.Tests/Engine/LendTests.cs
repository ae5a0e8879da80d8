using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>Tasks are lent to other nodes: which may go, in what order, and what the queue says it could do.</summary>
public sealed class LendTests
{
    private const string Type = "coding";
    private const long LeaseMs = 10_000;
    private const int MostHeld = 4;

    private static readonly TaskSubmission Plain = new() { Id = "a", Type = Type, Body = new TaskBody() };

    private readonly EngineRig rig = new();

    /// <summary>What keeps a task at home, each by itself; the first row keeps none.</summary>
    public static TheoryData<string, bool> Kinds { get; } = new()
    {
        { "plain", true },
        { "labelled, urgent, with a date that has come", true },
        { "in a graph without edges", true },
        { "another type", false },
        { "blocked", false },
        { "not yet due", false },
        { "fed by another task", false },
        { "a child", false },
        { "lent to this node", false },
        { "demands a capability", false },
        { "has a concurrency key", false },
        { "has a rate limit key", false },
        { "has a fairness key", false },
        { "has a budget key", false },
        { "in a graph with a budget", false },
        { "weighs two slots", false },
        { "of a route", false },
        { "left a checkpoint", false },
        { "asked a question", false },
        { "added a task in an earlier attempt", false },
        { "came back from a peer", false },
        { "held by an agent", false },
        { "type paused", false },
        { "queue paused", false },
        { "peer drained", false },
    };

    [Theory, MemberData(nameof(Kinds))]
    public void Lend_TaskOfAKind_GoesOnlyWhereItSaysAllAboutItself(string kind, bool goes)
    {
        Make(kind);

        Assert.Equal(goes ? "a" : null, Lend(taskId: null)?.Id);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Lend_TaskThatIsNamed_GoesOnTheSameTerms(string kind, bool goes)
    {
        Make(kind);

        Assert.Equal(goes ? "a" : null, Lend(taskId: "a")?.Id);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Lend_AfterAReload_GoesOnTheSameTerms(string kind, bool goes)
    {
        Make(kind);
        rig.Reload();

        Assert.Equal(goes ? "a" : null, Lend(taskId: null)?.Id);
    }

    [Fact]
    public void Lend_TaskThatIsNotThere_LendsNothing()
    {
        Submit(Plain);

        Assert.Null(Lend(taskId: "b"));
    }

    [Fact]
    public void Lend_SeveralTasks_GoInTheOrderOfAClaim()
    {
        Submit(Plain with { Id = "low", Priority = TaskPriority.Low });
        Submit(Plain with { Id = "first" });
        Submit(Plain with { Id = "other", Type = "analysis" });
        Submit(Plain with { Id = "urgent", Type = "analysis", Priority = TaskPriority.Critical });

        Assert.Equal(["urgent", "first", "other", "low"], Enumerable.Range(0, 4).Select(_ => Lend(null, Type, "analysis")!.Id));
    }

    [Fact]
    public void Lend_ATaskThatStaysStandsFirst_TheHeadsOfOtherPrioritiesGo()
    {
        Submit(Plain with { Id = "mirror", Labels = Home() });
        Submit(Plain with { Id = "low", Priority = TaskPriority.Low });

        Assert.Equal("low", Lend(null)?.Id);
    }

    [Fact]
    public void Lend_AnAgentWaitsInTheSameBatch_TheAgentGoesFirst()
    {
        rig.Apply(new Command.Claim("agent", null, [Type], 1, 10_000, null, null));
        rig.IsInBatch = true;
        rig.BeginBatch();
        rig.ApplyInBatch(new Command.Submit(Plain));

        Assert.Null(Lend(null));
        rig.EndBatch();
        Assert.Single(rig.Answers);
    }

    [Fact]
    public void Lend_Granted_IsALeaseLikeAnyOther()
    {
        Submit(Plain);
        var lease = Lend(null)!.Lease!;

        Assert.Equal((LeaseMs, "federation/b"), (lease.DurationMs, lease.AgentId));
        rig.Tick(LeaseMs - 1);
        Assert.IsType<Outcome.Extended>(rig.Apply(Beat(lease.Token)));
        rig.Tick(LeaseMs);
        Assert.Equal((TaskState.Pending, 1), (rig.Task("a").State, rig.Task("a").AttemptsUsed));
        Assert.Equal(Refusal.LeaseLost, Refused(new Command.Complete("a", lease.Token, null, null, null) { Speaker = FederationMarks.AgentOf("b") }));
    }

    [Fact]
    public void Lend_ThePeerHoldsAsManyAsItMay_GetsNoMore()
    {
        for (var i = 0; i <= MostHeld; i++) Submit(Plain with { Id = $"t{i}" });
        for (var i = 0; i < MostHeld; i++) Assert.NotNull(Lend(null));

        Assert.Null(Lend(null));
    }

    [Fact]
    public void Settle_ALentTask_OnlyThePeerItselfSpeaksForIt()
    {
        Submit(Plain);
        var token = Lend(null)!.Lease!.Token;

        Assert.Equal(Refusal.LeaseLost, Refused(new Command.Complete("a", token, null, null, null)));
        Assert.Equal(Refusal.LeaseLost, Refused(new Command.Complete("a", token, null, null, null) { Speaker = FederationMarks.AgentOf("c") }));
        Assert.IsType<Outcome.TaskAnswer>(rig.Apply(new Command.Complete("a", token, null, null, null) { Speaker = FederationMarks.AgentOf("b") }));
    }

    [Fact]
    public void Heartbeat_TheTaskWaitsAtThePeer_NeitherAttemptTimeNorStallTimeRuns()
    {
        Submit(Plain with { Body = new TaskBody { AttemptTimeoutMs = 25_000, StallMs = 12_000 } });
        var token = Lend(null)!.Lease!.Token;
        for (var beat = 0; beat < 20; beat++)
        {
            rig.Tick(LeaseMs - 1);
            Assert.IsType<Outcome.Extended>(rig.Apply(Beat(token) with { IsWaiting = true }));
        }
        Assert.Equal(TaskState.Assigned, rig.Task("a").State);
        rig.Apply(Beat(token));
        rig.Tick(LeaseMs - 1);
        rig.Apply(Beat(token));
        rig.Tick(LeaseMs - 1);

        Assert.Equal("stalled", rig.Task("a").Error!.Type);
    }

    [Fact]
    public void Why_APeerWasHere_IsNoAgent()
    {
        Submit(Plain with { Id = "before" });
        Assert.NotNull(Lend(null));
        Submit(Plain with { Type = "payroll" });

        var why = Assert.IsType<Outcome.WhyAnswer>(rig.Apply(new Command.Why("a"))).View;

        Assert.Equal(WhyReason.NoAgent, why.Reason);
        Assert.Empty(why.Agents);
    }

    [Fact]
    public void GetLending_QueueOrTypePaused_OffersNoHands()
    {
        rig.Apply(new Command.RegisterAgent("agent", ["general"], 2));
        rig.Apply(new Command.Claim("agent", null, null, 1, 0, null, null));
        rig.Apply(new Command.Pause([Type]));
        Assert.Equal(["analysis"], View(Type, "analysis").Able);
        rig.Apply(new Command.Pause([]));
        var view = View(Type, "analysis");

        Assert.Empty(view.Able);
        Assert.Empty(view.Free);
        Assert.Equal(0, view.FreeSlots);
    }

    [Fact]
    public void Lend_TheTaskHasAShorterLease_ItStays()
    {
        Submit(Plain with { Body = new TaskBody { LeaseMs = 2_000 } });

        Assert.Equal(2_000, Lend(null)!.Lease!.DurationMs);
    }

    [Fact]
    public void GetLending_AgentsAndPeers_CountsOnlyItsOwn()
    {
        rig.Apply(new Command.RegisterAgent("registered", [Type], 3));
        rig.Apply(new Command.Claim("registered", "one", null, 1, 0, null, null));
        rig.Apply(new Command.Claim("registered", "two", null, 1, 0, null, null));
        rig.Apply(new Command.Claim("stranger", null, ["analysis"], 1, 60_000, null, null));
        rig.Apply(new Command.RegisterAgent("drained", ["reasoning"], 9));
        rig.Apply(new Command.Claim("drained", null, null, 1, 0, null, null));
        rig.Apply(new Command.DrainAgent("drained"));
        for (var i = 0; i < 5; i++) Submit(Plain with { Id = $"t{i}" });
        Submit(Plain with { Id = "stays", Body = new TaskBody { Flow = new TaskFlow { Weight = 2 } } });
        rig.Apply(new Command.Claim("registered", "one", null, 2, 0, null, null));
        Assert.NotNull(Lend(null));

        var view = View(Type, "analysis", "reasoning");

        Assert.Equal((7, 5, 2, 5), (view.Slots, view.Load, view.Lendable, view.FreeSlots));
        Assert.Equal([["analysis", Type], ["analysis", Type]], [view.Able, view.Free]);
        rig.Tick(61_000);
        Assert.Empty(View("reasoning").Free);
    }

    [Fact]
    public void GetLending_EverySlotTaken_NoTypeIsFree()
    {
        rig.Apply(new Command.RegisterAgent("agent", ["general"], 1));
        Submit(Plain);
        rig.Apply(new Command.Claim("agent", null, null, 1, 0, null, null));

        var view = View(Type);

        Assert.Equal((1, 1, 0), (view.Slots, view.Load, view.Lendable));
        Assert.Equal([Type], view.Able);
        Assert.Empty(view.Free);
    }

    private static ImmutableSortedDictionary<string, string> Home() => ImmutableSortedDictionary<string, string>.Empty.Add(FederationMarks.HomeLabel, "c");

    private void Make(string kind)
    {
        Configure();
        switch (kind)
        {
            case "plain": Submit(Plain); break;
            case "labelled, urgent, with a date that has come":
                Submit(Plain with { Priority = TaskPriority.Critical, NotBeforeUnixMs = rig.Now.UnixMs + 10, Labels = ImmutableSortedDictionary<string, string>.Empty.Add("team", "x") });
                rig.Tick(10);
                break;
            case "in a graph without edges": rig.Apply(new Command.SubmitGraph("g", [Plain])); break;
            case "another type": Submit(Plain with { Type = "analysis" }); break;
            case "blocked":
            case "fed by another task":
                Submit(Plain with { Id = "first", Type = "analysis" });
                Submit(Plain with { DependsOn = [new DependencyEdge("first")] });
                if (kind == "fed by another task") Complete("first", Claim("analysis"));
                break;
            case "not yet due": Submit(Plain with { NotBeforeUnixMs = rig.Now.UnixMs + 10_000 }); break;
            case "a child":
                Submit(Plain with { Id = "parent", Type = "analysis" });
                rig.Apply(new Command.AddChildren("parent", Claim("analysis"), [Plain], Waits: true));
                break;
            case "lent to this node": Submit(Plain with { Labels = Home() }); break;
            case "demands a capability": Submit(Plain with { Body = new TaskBody { Capabilities = ["gpu"] } }); break;
            case "has a concurrency key": Submit(new TaskFlow { ConcurrencyKey = "k" }); break;
            case "has a rate limit key": Submit(new TaskFlow { RateLimitKey = "k" }); break;
            case "has a fairness key": Submit(new TaskFlow { FairnessKey = "k" }); break;
            case "has a budget key": Submit(new TaskFlow { BudgetKey = "k" }); break;
            case "in a graph with a budget": rig.Apply(new Command.SubmitGraph("g", [Plain], new TaskBudget(1_000, null))); break;
            case "weighs two slots": Submit(new TaskFlow { Weight = 2 }); break;
            case "of a route": Submit(new TaskFlow { Route = "r" }); break;
            case "left a checkpoint":
                Submit(Plain);
                var saved = Claim(Type);
                rig.Apply(new Command.Heartbeat("a", saved, null, null, Encoding.UTF8.GetBytes("{}"), null));
                rig.Apply(new Command.Release("a", saved));
                break;
            case "asked a question":
                Submit(Plain);
                rig.Apply(new Command.Ask("a", Claim(Type), "Go on?", []));
                rig.Apply(new Command.Answer("a", Encoding.UTF8.GetBytes("\"yes\""), "yes", null));
                break;
            case "added a task in an earlier attempt":
                Submit(Plain);
                var parent = Claim(Type);
                rig.Apply(new Command.AddChildren("a", parent, [Plain with { Id = "child", Type = "analysis" }], Waits: false));
                rig.Apply(new Command.Fail("a", parent, new TaskError("broken", "", Retryable: true), 1));
                rig.Tick(1);
                break;
            case "came back from a peer":
                Submit(Plain);
                Assert.NotNull(Lend(null));
                rig.Tick(LeaseMs);
                Assert.Equal((TaskState.Pending, 0), (rig.Task("a").State, rig.Task("a").AttemptsUsed));
                break;
            case "held by an agent":
                Submit(Plain);
                Claim(Type);
                break;
            default:
                Submit(Plain);
                Hold(kind);
                break;
        }
    }

    private void Hold(string kind)
    {
        if (kind == "type paused") rig.Apply(new Command.Pause([Type]));
        else if (kind == "queue paused") rig.Apply(new Command.Pause([]));
        else
        {
            Submit(Plain with { Id = "before" });
            Assert.NotNull(Lend("before"));
            rig.Apply(new Command.DrainAgent(FederationMarks.AgentOf("b")));
        }
    }

    private void Configure() => rig.Apply(new Command.RegisterAgent("w", ["general"], 9));

    private void Submit(TaskSubmission task) => Assert.IsType<Outcome.TaskAnswer>(rig.Apply(new Command.Submit(task)));

    private void Submit(TaskFlow flow) => Submit(Plain with { Body = new TaskBody { Flow = flow } });

    private UInt128 Claim(string type)
        => Assert.IsType<Outcome.Claimed>(rig.Apply(new Command.Claim("w", null, [type], 1, 0, null, null))).Grants.Single().Task.Lease!.Token;

    private void Complete(string id, UInt128 token) => rig.Apply(new Command.Complete(id, token, null, null, null));

    private TaskItem? Lend(string? taskId, params string[] types)
        => Assert.IsType<Outcome.Claimed>(rig.Apply(new Command.Lend("b", taskId, [.. types.Length == 0 ? [Type] : types], LeaseMs, MostHeld))).Grants.SingleOrDefault()?.Task;

    private LendingView View(params string[] types) => Assert.IsType<Outcome.LendingAnswer>(rig.Apply(new Command.GetLending([.. types]))).View;

    private static Command.Heartbeat Beat(UInt128 token) => new("a", token, 0.5, null, null, null) { Speaker = FederationMarks.AgentOf("b") };

    private string Refused(Command command) => Assert.IsType<Outcome.Refused>(rig.Apply(command)).Refusal.Name;
}
