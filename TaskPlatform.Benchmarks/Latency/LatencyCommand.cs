using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Latency;

/// <summary>Measures how soon a task is worked on, and done, at a rate.</summary>
internal sealed class LatencyCommand : MeasurementCommand<LatencyCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : MeasurementSettings
    {
        /// <summary>How many a second.</summary>
        [CommandOption("--rate")]
        [Description("How many tasks are submitted a second, whether or not earlier ones were answered.")]
        [DefaultValue(200.0)]
        public double Rate { get; init; } = 200;

        /// <summary>For how long.</summary>
        [CommandOption("--seconds")]
        [Description("For how long.")]
        [DefaultValue(30)]
        public int Seconds { get; init; } = 30;

        /// <summary>How many before.</summary>
        [CommandOption("--warm-up")]
        [Description("How many lives come before, as fast as they go.")]
        [DefaultValue(20_000)]
        public int WarmUp { get; init; } = 20_000;

        /// <summary>How many agents.</summary>
        [CommandOption("--agents")]
        [Description("How many agents, each with a stream of its own, in one program in another process.")]
        [DefaultValue(4)]
        public int Agents { get; init; } = 4;

        /// <summary>How many tasks of each at a time.</summary>
        [CommandOption("--concurrency")]
        [Description("How many tasks each of them works on at once.")]
        [DefaultValue(100)]
        public int Concurrency { get; init; } = 100;

        /// <summary>What these settings ask for.</summary>
        public LatencyPlan Plan => IsQuick ? LatencyPlan.Quick : new LatencyPlan(Rate, (int)Math.Ceiling(Rate * Seconds), WarmUp, Agents, Concurrency);

        public override ValidationResult Validate()
        {
            if (Rate is < 1 or > 1_000_000 or double.NaN) return ValidationResult.Error("--rate: 1 to 1,000,000 a second.");
            if (Seconds is < 1 or > 3_600) return ValidationResult.Error("--seconds: 1 to 3,600.");
            if (WarmUp is < 0 or > 100_000_000) return ValidationResult.Error("--warm-up: 0 to 100,000,000.");
            if (Agents is < 1 or > 1_000) return ValidationResult.Error("--agents: 1 to 1,000.");
            return Concurrency is < 1 or > 1_000 ? ValidationResult.Error("--concurrency: 1 to 1,000.") : base.Validate();
        }
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        LatencyMeasurement.RunAsync(settings.Plan, redis, progress, cancellationToken);
}
