using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Fanout;

/// <summary>Measures a wide graph.</summary>
internal sealed class FanoutCommand : MeasurementCommand<FanoutCommand.Settings>
{
    private const int QuickTasks = 1_000;

    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : StreamAgentsSettings
    {
        /// <summary>How many tasks.</summary>
        [CommandOption("--tasks")]
        [Description("How many tasks of 256 bytes the graph has: one, all but two that need it, and one that needs all of those.")]
        [DefaultValue(10_000)]
        public int Tasks { get; init; } = 10_000;

        /// <summary>How many graphs before.</summary>
        [CommandOption("--warm-up")]
        [Description("How many such graphs come before the one that counts: 0 measures the first after a start.")]
        [DefaultValue(5)]
        public int WarmUp { get; init; } = 5;

        public override ValidationResult Validate()
        {
            if (Tasks is < 3 or > 10_000) return ValidationResult.Error("--tasks: 3 to 10,000.");
            return WarmUp is < 0 or > 1_000 ? ValidationResult.Error("--warm-up: 0 to 1,000.") : base.Validate();
        }
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        FanoutMeasurement.RunAsync(
            settings.IsQuick ? QuickTasks : settings.Tasks, settings.IsQuick ? 1 : settings.WarmUp, settings.Agents, settings.Credit, redis, progress);
}
