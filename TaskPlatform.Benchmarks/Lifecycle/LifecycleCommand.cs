using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>Measures whole lives: submitted, taken and completed, all stored.</summary>
internal sealed class LifecycleCommand : MeasurementCommand<LifecycleCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : LifecycleSettings
    {
        /// <summary>Whether telemetry leaves the service.</summary>
        [CommandOption("--telemetry")]
        [Description("on: the service exports traces, metrics and logs to the Aspire dashboard, which is started for it and takes its part of the machine. off: none.")]
        [DefaultValue("off")]
        public string Telemetry { get; init; } = "off";

        /// <summary>Whether allocations are looked at.</summary>
        [CommandOption("--allocations")]
        [Description("Tells what the service allocates, by type, and how long it stands still for collections; it is a little slower meanwhile.")]
        public bool IsAllocationWatched { get; init; }

        public override ValidationResult Validate() =>
            Telemetry is not ("on" or "off") ? ValidationResult.Error("--telemetry: on or off.") : base.Validate();
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        LifecycleMeasurement.RunAsync(
            settings.Plan with { IsExporting = settings.Telemetry == "on", IsAllocationWatched = settings.IsAllocationWatched }, redis, progress);
}
