using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Idle;

/// <summary>Measures what agents without work cost.</summary>
internal sealed class IdleCommand : MeasurementCommand<IdleCommand.Settings>
{
    private const int QuickAgents = 50;
    private const int QuickSeconds = 1;

    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : MeasurementSettings
    {
        /// <summary>How many agents.</summary>
        [CommandOption("--agents")]
        [Description("How many agents, each with a connection and a stream of its own, in another process.")]
        [DefaultValue(1_000)]
        public int Agents { get; init; } = 1_000;

        /// <summary>For how long.</summary>
        [CommandOption("--seconds")]
        [Description("For how long processor time is looked at.")]
        [DefaultValue(30)]
        public int Seconds { get; init; } = 30;

        /// <summary>How long before.</summary>
        [CommandOption("--warm-up")]
        [Description("How many seconds are waited for before each look: what is done once a second is compiled anew when it was done thirty times.")]
        [DefaultValue(30)]
        public int WarmUp { get; init; } = 30;

        /// <summary>What these settings ask for.</summary>
        public IdlePlan Plan => IsQuick
            ? new IdlePlan(QuickAgents, TimeSpan.FromSeconds(QuickSeconds), TimeSpan.Zero)
            : new IdlePlan(Agents, TimeSpan.FromSeconds(Seconds), TimeSpan.FromSeconds(WarmUp));

        public override ValidationResult Validate()
        {
            if (WarmUp is < 0 or > 3_600) return ValidationResult.Error("--warm-up: 0 to 3,600.");
            if (Agents is < 1 or > 5_000) return ValidationResult.Error("--agents: 1 to 5,000.");
            return Seconds is < 1 or > 3_600 ? ValidationResult.Error("--seconds: 1 to 3,600.") : base.Validate();
        }
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        IdleMeasurement.RunAsync(settings.Plan, redis, progress, cancellationToken);
}

/// <summary>How agents without work are looked at.</summary>
/// <param name="Agents">How many agents.</param>
/// <param name="Time">For how long processor time is looked at.</param>
/// <param name="WarmUp">How long before.</param>
internal sealed record IdlePlan(int Agents, TimeSpan Time, TimeSpan WarmUp);
