using System.ComponentModel;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;
using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Coordination;

/// <summary>Compares the policies by simulation: docs/coordination.md.</summary>
internal sealed class CoordinationCommand : Command<CoordinationCommand.Settings>
{
    private const int QuickTasks = 400;

    private static readonly double[] Loads = [0.7, 0.9];
    private static readonly Faults Failing = new(FailingShare: 0.1, DeathsAnHour: 2);

    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : SeedsSettings
    {
        /// <summary>Where arrivals and sizes come from.</summary>
        [CommandOption("--trace")]
        [Description("A file with the columns TIMESTAMP, ContextTokens, GeneratedTokens; the Azure LLM inference trace 2023 (code) unless given.")]
        public string Trace { get; init; } = Coordination.Trace.DefaultFile;
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var trace = Trace.Read(settings.Trace, settings.IsQuick ? QuickTasks : int.MaxValue);
        var seeds = settings.Runs;
        Say($"{trace.Length} tasks, {AgentKinds.Count} agents, {seeds} seeds; blind to types they complete {AgentKinds.TasksPerSecond():0.000} tasks/s.");
        foreach (var load in Loads) Compare(trace, load, seeds);
        foreach (var load in Loads) Fail(trace, load, seeds);
        return 0;
    }

    private static void Compare(TraceRequest[] trace, double load, int seeds)
    {
        var works = Enumerable.Range(1, seeds).Select(seed => new Workload(trace, load, seed)).ToArray();
        var fifo = Run(works, MatchPolicy.Fifo, Faults.None);
        var clairvoyant = works.Select(work => new Clairvoyant(work).Run()).ToArray();
        Say($"Load {load:0.0}       mean s            p95 s             critical mean s   completed %        mean vs fifo %    p95 vs fifo %     mean vs clairv. % p95 vs clairv. %");
        Print("fifo", fifo, fifo, clairvoyant);
        Print("score", Run(works, MatchPolicy.Score, Faults.None), fifo, clairvoyant);
        Print("learned", Run(works, MatchPolicy.Learned, Faults.None), fifo, clairvoyant);
        Print("clairvoyant", clairvoyant, fifo, clairvoyant);
    }

    private static void Fail(TraceRequest[] trace, double load, int seeds)
    {
        var works = Enumerable.Range(1, seeds).Select(seed => new Workload(trace, load, seed)).ToArray();
        Say($"Load {load:0.0}, {Failing.FailingShare:0 %} of attempts fail, {Failing.DeathsAnHour} agents die each hour: completed %");
        foreach (var policy in Enum.GetValues<MatchPolicy>())
        {
            var runs = Run(works, policy, Failing);
            Say($"{Words.Of(policy),-12} {Show(runs, run => 100 * run.Completion, "0.0000")}   least {100 * runs.Min(run => run.Completion):0.0000}   mean s {Show(runs, run => run.Mean, "0.0")}");
        }
    }

    private static RunFigures[] Run(Workload[] works, MatchPolicy policy, Faults faults)
        => [.. works.Select((work, index) => new Simulation(work, policy, faults, index + 1).Run())];

    private static void Print(string name, RunFigures[] runs, RunFigures[] fifo, RunFigures[] clairvoyant) => Say(
        $"{name,-12} {Show(runs, run => run.Mean)} {Show(runs, run => run.P95)} {Show(runs, run => run.CriticalMean)} {Show(runs, run => 100 * run.Completion, "0.000")} {Against(runs, fifo, run => run.Mean)} {Against(runs, fifo, run => run.P95)} {Against(runs, clairvoyant, run => run.Mean)} {Against(runs, clairvoyant, run => run.P95)}");

    private static string Show(RunFigures[] runs, Func<RunFigures, double> figure, string format = "0.0") => Estimate.Of(runs, figure).ToCell(format);

    /// <summary>The difference to the same seed of another, in percent of that.</summary>
    private static string Against(RunFigures[] runs, RunFigures[] other, Func<RunFigures, double> figure)
        => Estimate.Against(runs, other, figure).ToCell("+0.0;-0.0;0.0");

    private static void Say(FormattableString line) => AnsiConsole.Profile.Out.Writer.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
