using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>Every verb in every state: docs/state-machine.md has the table, and here it is read and tried cell by cell.</summary>
public sealed class VerbTableTests
{
    private const string NotApplicable = "–";
    private const string Footnotes = "¹²³⁴` ";
    private static readonly TaskError Broken = new("broken", "It did not work.", Retryable: true);

    /// <summary>Verb, state, and what the table says.</summary>
    public static TheoryData<string, string, string> Cells()
    {
        var path = Path.Combine(Repository.Root, "docs", "state-machine.md");
        var rows = File.ReadLines(path).Where(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).ToList();
        var data = new TheoryData<string, string, string>();
        foreach (var row in rows.Skip(2))
        {
            foreach (var (state, cell) in rows[0].Zip(row).Skip(1).Where(pair => pair.Second != NotApplicable)) data.Add(row[0], state, cell.Trim(Footnotes.ToCharArray()));
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Verb_InState_DoesWhatTheTableSays(string verb, string state, string cell)
    {
        if (verb == "dependency ends")
        {
            Assert.Equal(cell.Split([", ", " or "], StringSplitOptions.None).Order(), EndsOfADependency().Order());
            return;
        }
        var rig = new EngineRig();
        var token = Bring(rig, Words.State(state)!.Value);

        var outcome = Do(rig, verb, token);

        Assert.Equal(cell, Say(rig, outcome, state));
    }

    /// <summary>Brings the task <c>a</c> into a state; gives the token of its lease, or nobody's.</summary>
    private static UInt128 Bring(EngineRig rig, TaskState state)
    {
        if (state == TaskState.Blocked) Submit(rig, "first", lease: 3_600_000);
        Submit(rig, "a", after: state == TaskState.Blocked ? "first" : null, inMs: state == TaskState.Scheduled ? 15_000 : null);
        if (state is TaskState.Blocked or TaskState.Scheduled or TaskState.Pending) return UInt128.MaxValue;
        if (state == TaskState.Cancelled)
        {
            rig.Apply(new Command.Cancel("a", null));
            return UInt128.MaxValue;
        }
        var claimed = (Outcome.Claimed)rig.Apply(new Command.Claim("w", null, null, 1, 0, null, null));
        var token = claimed.Grants[0].Task.Lease!.Token;
        if (state == TaskState.InProgress) rig.Apply(new Command.Heartbeat("a", token, 0.5, null, null, null));
        if (state.IsLeased()) return token;
        rig.Apply(state == TaskState.Completed ? new Command.Complete("a", token, null, null, null) : new Command.Fail("a", token, Broken with { Retryable = false }, null));
        return UInt128.MaxValue;
    }

    private static void Submit(EngineRig rig, string id, string? after = null, long? inMs = null, long lease = 30_000) => rig.Apply(new Command.Submit(new TaskSubmission
    {
        Id = id,
        Type = "work",
        DependsOn = after is null ? [] : [new DependencyEdge(after)],
        NotBeforeUnixMs = rig.Now.UnixMs + inMs,
        DeadlineUnixMs = id == "a" ? rig.Now.UnixMs + 20_000 : null,
        Body = new TaskBody { LeaseMs = lease, AttemptTimeoutMs = 3_600_000 },
    }));

    private static Outcome? Do(EngineRig rig, string verb, UInt128 token)
    {
        switch (verb)
        {
            case "due": rig.Tick(15_000); return null;
            case "lease runs out, attempt too long, stalled":
                rig.Engine.StartLease("a", token, new Moment(rig.Now.TickMs - 29_000, rig.Now.UnixMs));
                rig.Tick(1_000);
                return null;
            case "grace of a cancel ends":
                rig.Apply(new Command.Cancel("a", null));
                rig.Tick(10_000);
                return null;
            case "deadline passes": rig.Tick(20_000); return null;
            default: return rig.Apply(Command(verb, token));
        }
    }

    private static Command Command(string verb, UInt128 token) => verb switch
    {
        // Whatever else is ready is not what the table asks about.
        "claim" => new Command.Claim("w", null, ["work"], 1, 0, null, null),
        "heartbeat" => new Command.Heartbeat("a", token, 0.7, null, null, null),
        "complete" => new Command.Complete("a", token, Encoding.UTF8.GetBytes("1"), null, null),
        "fail, attempts left" => new Command.Fail("a", token, Broken, null),
        "fail, final or none left" => new Command.Fail("a", token, Broken with { Retryable = false }, null),
        "fail with `retryAfterSeconds`" => new Command.Fail("a", token, Broken, 5_000),
        "release" => new Command.Release("a", token),
        "cancel" => new Command.Cancel("a", null),
        _ => throw new NotSupportedException($"Nobody knows how to do '{verb}'."),
    };

    private static string Say(EngineRig rig, Outcome? outcome, string before)
    {
        var task = rig.Task("a");
        var after = Words.Of(task.State);
        return outcome switch
        {
            Outcome.Refused refused => refused.Refusal.Name,
            Outcome.Claimed claimed when claimed.Grants.All(grant => grant.Task.Id != "a") => "not given out",
            _ when after != before => after,
            _ => task.CancelRequested ? "stays, cancel requested" : "stays",
        };
    }

    private static IEnumerable<string> EndsOfADependency()
    {
        foreach (var (on, inMs) in new (EdgeKind, long?)[] { (EdgeKind.Finish, null), (EdgeKind.Finish, 5_000), (EdgeKind.Success, null) })
        {
            var rig = new EngineRig();
            Submit(rig, "first");
            rig.Apply(new Command.Submit(new TaskSubmission
            {
                Id = "a",
                Type = "work",
                DependsOn = [new DependencyEdge("first", on)],
                NotBeforeUnixMs = rig.Now.UnixMs + inMs,
                Body = new TaskBody(),
            }));
            rig.Apply(new Command.Cancel("first", null));
            yield return Words.Of(rig.Task("a").State);
        }
    }

    /// <summary>A call with the token of a grant that has ended: its own outcome again, or a refusal that says why.</summary>
    [Theory]
    [InlineData("complete", "completed", "task-finished | completed | task-finished | task-finished")]
    [InlineData("fail", "scheduled", "lease-lost | lease-lost | scheduled | lease-lost")]
    [InlineData("fail final", "failed", "task-finished | task-finished | failed | task-finished")]
    [InlineData("fail later", "scheduled", "lease-lost | lease-lost | scheduled | lease-lost")]
    [InlineData("release", "pending", "lease-lost | lease-lost | lease-lost | pending")]
    [InlineData("lose", "pending", "lease-lost | lease-lost | lease-lost | lease-lost")]
    [InlineData("caller gone", "pending", "lease-lost | lease-lost | lease-lost | lease-lost")]
    [InlineData("grace ends", "cancelled", "task-finished | task-finished | task-finished | task-finished")]
    [InlineData("fail in grace", "cancelled", "task-finished | task-finished | cancelled | task-finished")]
    public void LeasedCall_WithTheTokenOfAnEndedGrant_SaysWhatBecameOfIt(string ending, string state, string expected)
    {
        var rig = new EngineRig();
        var token = Bring(rig, TaskState.Assigned);
        End(rig, ending, token);
        Assert.Equal(state, Words.Of(rig.Task("a").State));

        var calls = new[] { "heartbeat", "complete", "fail, attempts left", "release" }.Select(verb => rig.Apply(Command(verb, token)));

        Assert.Equal(expected, string.Join(" | ", calls.Select(outcome => outcome is Outcome.Refused refused ? refused.Refusal.Name : Words.Of(((Outcome.TaskAnswer)outcome).View.Task.State))));
    }

    private static void End(EngineRig rig, string ending, UInt128 token)
    {
        if (ending is "grace ends" or "fail in grace") rig.Apply(new Command.Cancel("a", null));
        switch (ending)
        {
            case "complete": rig.Apply(Command("complete", token)); break;
            case "fail" or "fail in grace": rig.Apply(Command("fail, attempts left", token)); break;
            case "fail final": rig.Apply(Command("fail, final or none left", token)); break;
            case "fail later": rig.Apply(Command("fail with `retryAfterSeconds`", token)); break;
            case "release": rig.Apply(Command("release", token)); break;
            case "lose": Do(rig, "lease runs out, attempt too long, stalled", token); break;
            case "caller gone": rig.Apply(new Command.Ungrant("a", token)); break;
            case "grace ends": rig.Tick(10_000); break;
            default: throw new NotSupportedException(ending);
        }
    }
}
