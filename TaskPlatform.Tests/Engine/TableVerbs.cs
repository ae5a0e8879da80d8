using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>The table's verbs as commands, and its events as what brings them about.</summary>
internal static class TableVerbs
{
    /// <summary>Does it to the task <c>a</c>.</summary>
    /// <returns>What the engine said, where it was asked.</returns>
    public static Outcome? Do(TableTask task, string verb)
    {
        if (Command(task, verb) is { } command) return task.Rig.Apply(command);
        var rig = task.Rig;
        switch (verb)
        {
            case "due": rig.Tick(15_000); break;
            case "budget exhausted, `wait`" or "budget exhausted, `fail`" or "budget exhausted, `route`": task.Claim("a"); break;
            case "new period of the budget": rig.Tick(10_000); break;
            case "last child completes": rig.Apply(new Command.Complete("child", task.OtherToken, null, null, null)); break;
            case "child fails, `resume`" or "child fails, `fail`": FailForGood(rig, "child", task.OtherToken); break;
            case "verifier passes": Judge(task, """{"pass":true}"""); break;
            case "verifier does not pass, attempts left" or "verifier does not pass, none left": Judge(task, """{"pass":false}"""); break;
            case "verifier fails, attempts left": FailForGood(rig, "a.verify.1", task.ClaimVerifier()); break;
            case "parent is over": FailForGood(rig, "parent", task.OtherToken); break;
            case "lease runs out, attempt too long, stalled":
                rig.Engine.StartLease("a", task.Token, new Moment(rig.Now.TickMs - 29_000, rig.Now.UnixMs));
                rig.Tick(1_000);
                break;
            case "grace of a cancel ends":
                rig.Apply(new Command.Cancel("a", null));
                rig.Tick(10_000);
                break;
            case "fail in grace":
                rig.Apply(new Command.Cancel("a", null));
                return Do(task, "fail, attempts left");
            case "deadline passes": rig.Tick(20_000); break;
            case "retention":
                rig.Apply(new Command.Configure(new SettingsChange { RetentionAgeMs = 5_000 }));
                rig.Tick(5_000);
                break;
            default: throw new NotSupportedException($"Nobody knows how to do '{verb}'.");
        }
        return null;
    }

    private static void FailForGood(EngineRig rig, string id, UInt128 token)
        => rig.Apply(new Command.Fail(id, token, TableTask.Broken with { Retryable = false }, null));

    private static void Judge(TableTask task, string verdict)
        => task.Rig.Apply(new Command.Complete("a.verify.1", task.ClaimVerifier(), Encoding.UTF8.GetBytes(verdict), null, null));

    private static Command? Command(TableTask task, string verb) => verb switch
    {
        "submit, the same again" => new Command.Submit(task.Submission("pending")),
        "submit, another body" => new Command.Submit(task.Submission("pending") with { Fingerprint = 1 }),
        // Whatever else is ready is not what the table asks about.
        "claim" => new Command.Claim("w", null, ["type of a"], 1, 0, null, null),
        "caller gone" => new Command.Ungrant("a", task.Token),
        "answer" => new Command.Answer("a", Encoding.UTF8.GetBytes("\"yes\""), "yes", null),
        "cancel" => new Command.Cancel("a", null),
        "retry" => new Command.Retry("a"),
        "patch" => new Command.Patch("a", TaskPriority.High, null, null),
        "patch, a date ahead" => new Command.Patch("a", null, new NewDate(task.Rig.Now.UnixMs + 1_000), null),
        "patch, no date" => new Command.Patch("a", null, new NewDate(null), null),
        "delete" => new Command.Delete("a"),
        "get" => new Command.GetTask("a"),
        "why" => new Command.Why("a"),
        _ => Leased(task.Token, verb),
    };

    private static Command? Leased(UInt128 token, string verb) => verb switch
    {
        "heartbeat" => new Command.Heartbeat("a", token, 0.7, null, null, null),
        "complete" or "complete, with a verifier" => new Command.Complete("a", token, Encoding.UTF8.GetBytes("1"), null, null),
        "fail, attempts left" => new Command.Fail("a", token, TableTask.Broken, null),
        "fail, final or none left" => new Command.Fail("a", token, TableTask.Broken with { Retryable = false }, null),
        "fail with `retryAfterSeconds`" => new Command.Fail("a", token, TableTask.Broken, 5_000),
        "release" => new Command.Release("a", token),
        "children, and waits" => Children(token, waits: true),
        "children, and does not wait" => Children(token, waits: false),
        "ask" => new Command.Ask("a", token, "Which?", []),
        _ => null,
    };

    private static Command.AddChildren Children(UInt128 token, bool waits)
        => new("a", token, [new TaskSubmission { Id = "another", Type = "other", Body = new TaskBody() }], waits);
}
