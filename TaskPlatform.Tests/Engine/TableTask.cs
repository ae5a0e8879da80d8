using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>A task <c>a</c>, and the few others that it needs to come into each state of the table.</summary>
/// <param name="verb">What will be done to it, in the table's words: some verbs need a task with a parent, a child or a budget.</param>
internal sealed class TableTask(string verb)
{
    public static readonly TaskError Broken = new("broken", "It did not work.", Retryable: true);

    private readonly bool _isChild = verb == "parent is over";
    private readonly bool _hasChild = verb.StartsWith("last child", StringComparison.Ordinal) || verb.StartsWith("child fails", StringComparison.Ordinal);

    public EngineRig Rig { get; } = new();

    /// <summary>The token of its lease while it has one; else nobody's.</summary>
    public UInt128 Token { get; private set; } = UInt128.MaxValue;

    /// <summary>The token of its parent's lease, or of its child's.</summary>
    public UInt128 OtherToken { get; private set; }

    /// <summary>Its state's word, or that it was deleted.</summary>
    public string State => Rig.Engine.Apply(new Command.GetTask("a"), Rig.Now) is Outcome.TaskAnswer answer ? Words.Of(answer.View.Task.State) : "deleted";

    /// <summary>Makes the task and takes it where the table's head says.</summary>
    public void BringInto(string column)
    {
        Rig.Apply(new Command.RegisterAgent("w", ["general"], 9));
        Rig.Apply(new Command.Claim("w", null, null, 1, 0, null, null));
        if (column == "blocked") Submit("first");
        if (column == "waiting for a budget" || verb.StartsWith("budget exhausted", StringComparison.Ordinal)) UseUpTheBudget();
        Make(Submission(column));
        if (_hasChild) AddChild(waits: column == "waiting for children");
        if (column is "blocked" or "scheduled" or "pending" && !_hasChild) return;
        if (!_hasChild) Token = Claim("a");
        Go(column);
        if (column is not ("assigned" or "in_progress")) Token = UInt128.MaxValue;
    }

    public void Submit(string id, Func<TaskSubmission, TaskSubmission>? change = null)
        => Rig.Apply(new Command.Submit(change is null ? Plain(id) : change(Plain(id))));

    public UInt128 Claim(string id)
    {
        var claimed = (Outcome.Claimed)Rig.Apply(new Command.Claim("w", null, [TypeOf(id)], 1, 0, null, null));
        return claimed.Grants.IsEmpty ? UInt128.MaxValue : claimed.Grants[0].Task.Lease!.Token;
    }

    /// <summary>The task as it is submitted for a column.</summary>
    public TaskSubmission Submission(string column) => Plain("a") with
    {
        DependsOn = column == "blocked" ? [new DependencyEdge("first")] : [],
        NotBeforeUnixMs = column == "scheduled" && !_hasChild ? Rig.Now.UnixMs + 15_000 : null,
        DeadlineUnixMs = 1_700_000_000_000 + 20_000,
        Body = new TaskBody
        {
            Policy = new TaskPolicy
            {
                FailsWithChild = verb == "child fails, `fail`",
                MaxAttempts = verb == "verifier does not pass, none left" ? 1 : 4,
                Verifier = column == "waiting for a verdict" || (verb == "complete, with a verifier" && column is "assigned" or "in_progress") ? "check" : null,
            },
            Flow = column == "waiting for a budget" || verb.StartsWith("budget exhausted", StringComparison.Ordinal)
                ? new TaskFlow { BudgetKey = "k", Route = verb == "budget exhausted, `route`" ? "cheap" : null }
                : TaskFlow.None,
        },
    };

    /// <summary>Somebody takes its verifier.</summary>
    public UInt128 ClaimVerifier()
        => Assert.IsType<Outcome.Claimed>(Rig.Apply(new Command.Claim("w", null, ["check"], 1, 0, null, null))).Grants[0].Task.Lease!.Token;

    private static TaskSubmission Plain(string id) => new() { Id = id, Type = TypeOf(id), Body = new TaskBody() };

    // Claims name types, so that whatever else is ready is not in the way.
    private static string TypeOf(string id) => $"type of {id}";

    private void Make(TaskSubmission submission)
    {
        if (!_isChild)
        {
            Rig.Apply(new Command.Submit(submission));
            return;
        }
        Submit("parent");
        OtherToken = Claim("parent");
        Rig.Apply(new Command.AddChildren("parent", OtherToken, [submission], Waits: false));
    }

    /// <summary>Its child is leased, so that it can still come to an end of its own when the parent is over.</summary>
    private void AddChild(bool waits)
    {
        Token = Claim("a");
        Rig.Apply(new Command.AddChildren("a", Token, [Plain("child")], waits));
        OtherToken = Claim("child");
    }

    /// <summary>From the hands of its agent into a state.</summary>
    private void Go(string column)
    {
        switch (column)
        {
            case "assigned" when _hasChild:
                Rig.Apply(new Command.Release("a", Token));
                Token = Claim("a");
                break;
            case "assigned": break;
            case "in_progress": Rig.Apply(new Command.Heartbeat("a", Token, 0.5, null, null, null)); break;
            case "pending": Rig.Apply(new Command.Release("a", Token)); break;
            case "scheduled": Rig.Apply(new Command.Fail("a", Token, Broken, null)); break;
            case "waiting for children" when !_hasChild: Rig.Apply(new Command.AddChildren("a", Token, [Plain("child")], Waits: true)); break;
            case "waiting for children": break;
            case "waiting for an answer": Rig.Apply(new Command.Ask("a", Token, "Which?", [])); break;
            case "waiting for a verdict": Rig.Apply(new Command.Complete("a", Token, Encoding.UTF8.GetBytes("1"), null, null)); break;
            case "waiting for a budget" when _hasChild: UseUpItsPeriod(); break;
            case "waiting for a budget": break;
            case "completed": Rig.Apply(new Command.Complete("a", Token, null, null, null)); break;
            case "failed": Rig.Apply(new Command.Fail("a", Token, Broken with { Retryable = false }, null)); break;
            default: Cancel(); break;
        }
        if (column == "deleted") Rig.Apply(new Command.Delete("a"));
    }

    private void Cancel()
    {
        Rig.Apply(new Command.Cancel("a", null));
        Rig.Apply(new Command.Release("a", Token));
    }

    /// <summary>Another task uses all of the key's budget, for ten seconds.</summary>
    private void UseUpTheBudget()
    {
        var then = verb switch
        {
            "budget exhausted, `fail`" => WhenExhausted.Fail,
            "budget exhausted, `route`" => WhenExhausted.Route,
            _ => WhenExhausted.Wait,
        };
        var budgets = new KeyPatterns<BudgetLimit>([new("k", new BudgetLimit(new TaskBudget(100, null), 10_000, then))]);
        Rig.Apply(new Command.Configure(new SettingsChange { Budgets = budgets }));
        if (!_hasChild) Spend();
    }

    private void Spend()
    {
        Submit("spender", submission => submission with { Body = new TaskBody { Flow = new TaskFlow { BudgetKey = "k" } } });
        var token = Claim("spender");
        Rig.Apply(new Command.Complete("spender", token, null, new Usage(100, 0), null));
    }

    /// <summary>It uses all of it itself, and is given out no more.</summary>
    private void UseUpItsPeriod()
    {
        Rig.Apply(new Command.Heartbeat("a", Token, null, null, null, new Usage(100, 0)));
        Rig.Apply(new Command.Release("a", Token));
        Claim("a");
    }
}
