using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>Every verb in every state: docs/state-machine.md has the table, and here it is read and tried cell by cell.</summary>
public sealed class VerbTableTests
{
    private const string NotApplicable = "–";
    private const string Footnotes = "⁰¹²³⁴⁵⁶⁷⁸⁹` ";

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
        var task = new TableTask(verb);
        task.BringInto(state);
        var before = task.State;
        Assert.Equal(state.Split(' ')[0], before);

        var outcome = TableVerbs.Do(task, verb);

        Assert.Equal(cell, Say(task, outcome, before));
    }

    private static string Say(TableTask task, Outcome? outcome, string before) => (outcome, task.State) switch
    {
        (Outcome.Refused refused, var after) when after == before => refused.Refusal.Name,
        (Outcome.WhyAnswer why, var after) when after == before => why.View.Reason,
        (_, var after) when after != before => after,
        (_, "assigned" or "in_progress") when task.Rig.Task("a").CancelRequested => "stays, cancel requested",
        _ => "stays",
    };

    private static IEnumerable<string> EndsOfADependency()
    {
        foreach (var (on, inMs) in new (EdgeKind, long?)[] { (EdgeKind.Finish, null), (EdgeKind.Finish, 5_000), (EdgeKind.Success, null) })
        {
            var task = new TableTask("dependency ends");
            task.Submit("first");
            task.Submit("a", submission => submission with { DependsOn = [new DependencyEdge("first", on)], NotBeforeUnixMs = task.Rig.Now.UnixMs + inMs });
            task.Rig.Apply(new Command.Cancel("first", null));
            yield return task.State;
        }
    }

    /// <summary>A call with the token of a grant that has ended: its own outcome again, or a refusal that says why.</summary>
    [Theory]
    [InlineData("complete", "completed", "task-finished | completed | task-finished | task-finished | task-finished | task-finished")]
    [InlineData("fail, attempts left", "scheduled", "lease-lost | lease-lost | scheduled | lease-lost | lease-lost | lease-lost")]
    [InlineData("fail, final or none left", "failed", "task-finished | task-finished | failed | task-finished | task-finished | task-finished")]
    [InlineData("fail with `retryAfterSeconds`", "scheduled", "lease-lost | lease-lost | scheduled | lease-lost | lease-lost | lease-lost")]
    [InlineData("release", "pending", "lease-lost | lease-lost | lease-lost | pending | lease-lost | lease-lost")]
    [InlineData("children, and waits", "waiting", "lease-lost | lease-lost | lease-lost | lease-lost | waiting | lease-lost")]
    [InlineData("ask", "waiting", "lease-lost | lease-lost | lease-lost | lease-lost | lease-lost | waiting")]
    [InlineData("lease runs out, attempt too long, stalled", "pending", "lease-lost | lease-lost | lease-lost | lease-lost | lease-lost | lease-lost")]
    [InlineData("caller gone", "pending", "lease-lost | lease-lost | lease-lost | lease-lost | lease-lost | lease-lost")]
    [InlineData("grace of a cancel ends", "cancelled", "task-finished | task-finished | task-finished | task-finished | task-finished | task-finished")]
    [InlineData("fail in grace", "cancelled", "task-finished | task-finished | cancelled | task-finished | task-finished | task-finished")]
    public void LeasedCall_WithTheTokenOfAnEndedGrant_SaysWhatBecameOfIt(string ending, string state, string expected)
    {
        var task = new TableTask(ending);
        task.BringInto("assigned");
        TableVerbs.Do(task, ending);
        Assert.Equal(state, task.State);

        string[] verbs = ["heartbeat", "complete", "fail, attempts left", "release", "children, and waits", "ask"];
        var outcomes = verbs.Select(verb => TableVerbs.Do(task, verb)!);

        Assert.Equal(expected, string.Join(" | ", outcomes.Select(outcome => outcome is Outcome.Refused refused ? refused.Refusal.Name : OutcomeText.Of(outcome, ""))));
    }
}
