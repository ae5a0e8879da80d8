using System.Diagnostics;
using Spectre.Console;
using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Engine;

/// <summary>What is counted rather than timed: tasks that a claim looks at, memory a task, and pages out of very many.</summary>
internal static class EngineReport
{
    private const int Claims = 1_000;
    private const int Page = 100;

    public static void Print(int tasks)
    {
        var table = new Table().Title($"The engine, {tasks:N0} tasks of {EngineBed.PayloadBytes} bytes").AddColumns("what", "found");
        foreach (var kind in Enum.GetValues<BacklogKind>()) table.AddRow($"tasks looked at a claim, {kind}", $"{HeadsPerClaim(kind, tasks):0.0}");
        var (pending, finished) = BytesPerTask(tasks);
        table.AddRow("heap a pending task, beyond its payload", $"{pending:N0} bytes");
        table.AddRow("heap a finished task, beyond its id", $"{finished:N0} bytes");
        foreach (var (name, milliseconds) in Pages(tasks)) table.AddRow($"page of {Page}, {name}", $"{milliseconds:0.00} ms");
        AnsiConsole.Write(table);
    }

    private static double HeadsPerClaim(BacklogKind kind, int tasks)
    {
        var bed = Backlogs.Of(kind, tasks);
        var claim = EngineBed.Claim();
        var most = 0L;
        for (var number = 0; number < Claims; number++)
        {
            var before = bed.Engine.HeadsLookedAt;
            bed.Finish((Outcome.Claimed)bed.Apply(claim));
            most = Math.Max(most, bed.Engine.HeadsLookedAt - before);
        }
        return most;
    }

    private static (double Pending, double Finished) BytesPerTask(int tasks)
    {
        // Payloads are one shared array here, so that nothing of them is counted.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var bed = new EngineBed();
        bed.Fill(tasks, _ => "work", _ => null);
        var pending = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)tasks;
        var claim = EngineBed.Claim(max: 500);
        for (Outcome.Claimed claimed; (claimed = (Outcome.Claimed)bed.Apply(claim)).Grants.Length > 0;) bed.Finish(claimed);
        bed.EndBatch();
        var finished = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)tasks;
        GC.KeepAlive(bed);
        const int IdBytes = 22 + 2 * 32;
        return (pending, finished - IdBytes);
    }

    private static IEnumerable<(string Name, double Milliseconds)> Pages(int tasks)
    {
        var bed = new EngineBed();
        bed.Fill(tasks, number => number == 0 ? "rare" : "work", _ => null);
        bed.Finish((Outcome.Claimed)bed.Apply(new Command.Claim("worker", null, ["rare"], 1, 0, null, null)));
        foreach (var (name, filter) in new (string, TaskFilter)[]
        {
            ("newest", TaskFilter.Any),
            ("by a state that one has", TaskFilter.Any with { State = TaskState.Completed }),
            ("by a type that one has", TaskFilter.Any with { Type = "rare" }),
            ("by an agent that one had", TaskFilter.Any with { AgentId = "worker" }),
            ("by a label that none has", TaskFilter.Any with { LabelName = "team", LabelValue = "core" }),
        })
        {
            // The first is compiled meanwhile.
            for (var warm = 0; warm < 3; warm++) Find(bed, filter);
            var watch = Stopwatch.StartNew();
            Find(bed, filter);
            yield return (name, watch.Elapsed.TotalMilliseconds);
        }
    }

    private static void Find(EngineBed bed, TaskFilter filter)
    {
        long? before = long.MaxValue;
        var found = 0;
        while (before is { } from && found < Page)
        {
            var page = (Outcome.Page)bed.Apply(new Command.ListTasks(filter, Page - found, from));
            (found, before) = (found + page.Tasks.Length, page.Next);
        }
    }
}
