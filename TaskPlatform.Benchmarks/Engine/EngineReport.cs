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
        foreach (var kind in Enum.GetValues<BacklogKind>()) table.AddRow($"heads and records touched by a claim, {kind}", $"{EngineCounts.MostTouched(Backlogs.Of(kind, tasks), Claims)}");
        table.AddRow("allocated by a claim that finds nothing", $"{EngineCounts.AllocatedByEmptyClaims(new EngineBed(), Claims) / Claims} bytes");
        table.AddRow("heap a pending task, beyond its payload", $"{EngineCounts.BytesPerPendingTask(tasks):N0} bytes");
        table.AddRow("heap a finished task, beyond its id", $"{EngineCounts.BytesPerFinishedTask(tasks):N0} bytes");
        foreach (var (name, milliseconds) in Pages(tasks)) table.AddRow($"page of {Page}, {name}", $"{milliseconds:0.00} ms");
        AnsiConsole.Write(table);
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
