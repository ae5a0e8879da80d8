using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>Measures whole lives: submitted, taken and completed, all stored.</summary>
internal sealed class LifecycleCommand : MeasurementCommand<LifecycleCommand.Settings>
{
    private const int QuickTasks = 1_000;

    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : MeasurementSettings
    {
        /// <summary>How many lives.</summary>
        [CommandOption("--tasks")]
        [Description("How many tasks of 256 bytes are submitted, taken and completed.")]
        [DefaultValue(100_000)]
        public int Tasks { get; init; } = 100_000;

        /// <summary>How many before the clock starts.</summary>
        [CommandOption("--warm-up")]
        [Description("How many tasks come before those that count: 0 measures the first tasks after a start.")]
        [DefaultValue(100_000)]
        public int WarmUp { get; init; } = 100_000;

        /// <summary>How many agents.</summary>
        [CommandOption("--agents")]
        [Description("How many agents, each with a stream of its own, in another process.")]
        [DefaultValue(4)]
        public int Agents { get; init; } = 4;

        /// <summary>How many tasks each takes.</summary>
        [CommandOption("--credit")]
        [Description("How many tasks each agent takes at once.")]
        [DefaultValue(500)]
        public int Credit { get; init; } = 500;

        public override ValidationResult Validate()
        {
            if (Tasks is < 1 or > 100_000_000) return ValidationResult.Error("--tasks: 1 to 100,000,000.");
            if (WarmUp is < 0 or > 100_000_000) return ValidationResult.Error("--warm-up: 0 to 100,000,000.");
            if (Agents is < 1 or > 1_000) return ValidationResult.Error("--agents: 1 to 1,000.");
            return Credit is < 1 or > 1_000 ? ValidationResult.Error("--credit: 1 to 1,000.") : base.Validate();
        }
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        LifecycleMeasurement.RunAsync(
            settings.IsQuick ? QuickTasks : settings.Tasks, settings.IsQuick ? QuickTasks : settings.WarmUp, settings.Agents, settings.Credit, redis, progress);
}
