using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Peers;

/// <summary>Measures BullMQ.</summary>
internal sealed class BullMqCommand : MeasurementCommand<BullMqCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : PeerSettings
    {
        /// <summary>Processes that work.</summary>
        [CommandOption("--agents")]
        [Description("How many worker processes.")]
        [DefaultValue(4)]
        public int Agents { get; init; } = 4;

        /// <summary>Jobs of each at a time.</summary>
        [CommandOption("--concurrency")]
        [Description("How many jobs each of them does at a time; BullMQ's guide names 100 to 300 for jobs that mostly wait.")]
        [DefaultValue(100)]
        public int Concurrency { get; init; } = 100;

        public override ValidationResult Validate()
        {
            if (Agents is < 1 or > 1_000) return ValidationResult.Error("--agents: 1 to 1,000.");
            return Concurrency is < 1 or > 100_000 ? ValidationResult.Error("--concurrency: 1 to 100,000.") : base.Validate();
        }
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        BullMqMeasurement.RunAsync(settings.Plan, settings.Agents, settings.Concurrency, redis, progress, cancellationToken);
}
