using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Limit;

/// <summary>Measures what Redis takes of the writes that the service makes.</summary>
internal sealed class LimitCommand : MeasurementCommand<LimitCommand.Settings>
{
    private const int QuickTasks = 1_000;

    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : MeasurementSettings
    {
        /// <summary>How many lives.</summary>
        [CommandOption("--tasks")]
        [Description("How many tasks of 256 bytes are written.")]
        [DefaultValue(200_000)]
        public int Tasks { get; init; } = 200_000;

        /// <summary>How many commands share a script.</summary>
        [CommandOption("--batch")]
        [Description("How many submits and completions are written by one script. The service takes what waits, at most 2,048 commands.")]
        [DefaultValue(256)]
        public int Batch { get; init; } = 256;

        public override ValidationResult Validate()
        {
            if (Tasks is < 1 or > 100_000_000) return ValidationResult.Error("--tasks: 1 to 100,000,000.");
            return Batch is < 2 or > 2_000 ? ValidationResult.Error("--batch: 2 to 2,000.") : base.Validate();
        }
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        LimitMeasurement.RunAsync(settings.IsQuick ? QuickTasks : settings.Tasks, settings.Batch, redis, progress, cancellationToken);
}
