using System.ComponentModel;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Lifecycle;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Compare;

/// <summary>The service with telemetry exported and without.</summary>
internal sealed class TelemetryComparison : CompareCommand<TelemetryComparison.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : LifecycleSettings, ICompareSettings
    {
        /// <summary>How often.</summary>
        [CommandOption("--rounds")]
        [Description(RoundsDescription)]
        [DefaultValue(3)]
        public int Rounds { get; init; } = 3;
    }

    protected override string One => "telemetry on";

    protected override string Other => "telemetry off";

    protected override string? Aim => "≥ 0.85";

    protected override Task<MeasurementResult> MeasureOneAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        LifecycleMeasurement.RunAsync(settings.Plan with { IsExporting = true }, redis, progress);

    protected override Task<MeasurementResult> MeasureOtherAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        LifecycleMeasurement.RunAsync(settings.Plan, redis, progress);
}
