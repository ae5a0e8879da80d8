using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Federation;

/// <summary>Compares the policies of cooperation by simulation: docs/federation.md.</summary>
internal sealed class FederationCommand : AsyncCommand<FederationCommand.Settings>
{
    private const int QuickTasks = 4_000;
    private const int QuickSeeds = 2;

    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : CommandSettings
    {
        /// <summary>Runs of each policy.</summary>
        [CommandOption("--seeds")]
        [Description("Runs of each policy, at least 2; intervals are 95 %.")]
        [DefaultValue(12)]
        public int Seeds { get; init; } = 12;

        /// <summary>The number of the first run.</summary>
        [CommandOption("--first-seed")]
        [Description("Seed of the first run; the others follow it.")]
        [DefaultValue(1)]
        public int FirstSeed { get; init; } = 1;

        /// <summary>Tasks of a run.</summary>
        [CommandOption("--tasks")]
        [Description("Tasks of each run, at least 1000; the first tenth is not measured.")]
        [DefaultValue(400_000)]
        public int Tasks { get; init; } = 400_000;

        /// <summary>A look whether all of it runs.</summary>
        [CommandOption("--quick")]
        [Description("Two seeds and few tasks: shows that it works, measures nothing.")]
        public bool IsQuick { get; init; }

        /// <summary>For programs.</summary>
        [CommandOption("--json")]
        [Description("The figures as JSON instead of tables, and nothing else on standard output.")]
        public bool IsJson { get; init; }

        public override ValidationResult Validate() => Seeds < 2 ? ValidationResult.Error("--seeds: at least 2.")
            : Tasks is < 1_000 or > 10_000_000 ? ValidationResult.Error("--tasks: 1000 to 10000000.")
            : ValidationResult.Success();
    }

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var report = await ProgressBar.ShowAsync("federation", progress => Task.Run(() => Measure(settings, progress, cancellationToken), cancellationToken));
        if (settings.IsJson) Console.WriteLine(report.ToJson());
        else report.Print();
        return 0;
    }

    private static FederationReport Measure(Settings settings, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var (count, tasks) = settings.IsQuick ? (QuickSeeds, QuickTasks) : (settings.Seeds, settings.Tasks);
        var seeds = Enumerable.Range(settings.FirstSeed, count).ToArray();
        var (done, all) = (0, count * (ComparedPolicy.All.Length + ComparedPolicy.Balanced.Length + SimulatorChecks.Count));
        return new FederationReport(
            seeds, tasks,
            new PolicyComparison(PolicyComparison.Uneven, ComparedPolicy.All, seeds, tasks, Done),
            new PolicyComparison(PolicyComparison.Even, ComparedPolicy.Balanced, seeds, tasks, Done),
            SimulatorChecks.Run(seeds, tasks, Done));

        void Done()
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress.Report((double)Interlocked.Increment(ref done) / all);
        }
    }
}
