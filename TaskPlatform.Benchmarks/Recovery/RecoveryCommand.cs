using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Recovery;

/// <summary>Measures how soon the service is back in the middle of work.</summary>
internal sealed class RecoveryCommand : MeasurementCommand<RecoveryCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : MeasurementSettings
    {
        /// <summary>How many wait.</summary>
        [CommandOption("--tasks")]
        [Description("How many tasks of 256 bytes wait when the service is killed.")]
        [DefaultValue(100_000)]
        public int Tasks { get; init; } = 100_000;

        /// <summary>How many agents.</summary>
        [CommandOption("--agents")]
        [Description("How many agents, each with a stream of its own, in one program in another process.")]
        [DefaultValue(4)]
        public int Agents { get; init; } = 4;

        /// <summary>How many tasks each has.</summary>
        [CommandOption("--running")]
        [Description("How many more tasks each agent is working on then.")]
        [DefaultValue(250)]
        public int Running { get; init; } = 250;

        /// <summary>What these settings ask for.</summary>
        public RecoveryPlan Plan => IsQuick ? RecoveryPlan.Quick : new RecoveryPlan(Tasks, Agents, Running);

        public override ValidationResult Validate()
        {
            if (Tasks is < 0 or > 10_000_000) return ValidationResult.Error("--tasks: 0 to 10,000,000.");
            if (Agents is < 1 or > 1_000) return ValidationResult.Error("--agents: 1 to 1,000.");
            return Running is < 1 or > 1_000 ? ValidationResult.Error("--running: 1 to 1,000.") : base.Validate();
        }
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        RecoveryMeasurement.RunAsync(settings.Plan, redis, progress);
}

/// <summary>What there is when the service is killed.</summary>
/// <param name="Pending">Tasks that wait.</param>
/// <param name="Agents">How many agents.</param>
/// <param name="RunningEach">Tasks that each works on.</param>
internal sealed record RecoveryPlan(int Pending, int Agents, int RunningEach)
{
    /// <summary>Shows that everything works, measures nothing.</summary>
    public static RecoveryPlan Quick { get; } = new(Pending: 1_000, Agents: 4, RunningEach: 10);

    public int Running => Agents * RunningEach;
}
