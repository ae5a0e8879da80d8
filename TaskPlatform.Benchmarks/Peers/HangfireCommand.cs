using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Peers;

/// <summary>Measures Hangfire.</summary>
internal sealed class HangfireCommand : MeasurementCommand<HangfireCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : PeerSettings
    {
        /// <summary>Threads that work.</summary>
        [CommandOption("--agents")]
        [Description("How many workers the server has, and how many threads enqueue. Default: as many as Hangfire itself takes, five for each core, at most 20.")]
        public int? Agents { get; init; }

        public override ValidationResult Validate() =>
            Agents is < 1 or > 1_000 ? ValidationResult.Error("--agents: 1 to 1,000.") : base.Validate();
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        HangfireMeasurement.RunAsync(settings.Plan, settings.Agents, redis, progress, cancellationToken);
}
