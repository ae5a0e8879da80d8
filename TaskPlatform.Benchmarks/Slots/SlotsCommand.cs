using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Slots;

/// <summary>Measures how busy agents are while there is more than they can do.</summary>
internal sealed class SlotsCommand : MeasurementCommand<SlotsCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : MeasurementSettings
    {
        /// <summary>How many agents.</summary>
        [CommandOption("--agents")]
        [Description("How many agents, each with a stream of its own, in one program in another process.")]
        [DefaultValue(4)]
        public int Agents { get; init; } = 4;

        /// <summary>How many slots each has.</summary>
        [CommandOption("--slots")]
        [Description("How many tasks each of them works on at once.")]
        [DefaultValue(8)]
        public int Slots { get; init; } = 8;

        /// <summary>How long a task takes.</summary>
        [CommandOption("--task-ms")]
        [Description("How long the handler of a task waits, in milliseconds.")]
        [DefaultValue(100)]
        public int TaskMs { get; init; } = 100;

        /// <summary>For how long.</summary>
        [CommandOption("--seconds")]
        [Description("For how long slots are looked at.")]
        [DefaultValue(60)]
        public int Seconds { get; init; } = 60;

        /// <summary>How long before.</summary>
        [CommandOption("--warm-up")]
        [Description("How many seconds agents work before.")]
        [DefaultValue(10)]
        public int WarmUp { get; init; } = 10;

        /// <summary>What these settings ask for.</summary>
        public SlotsPlan Plan => IsQuick ? SlotsPlan.Quick : new SlotsPlan(Agents, Slots, TaskMs, TimeSpan.FromSeconds(Seconds), TimeSpan.FromSeconds(WarmUp));

        public override ValidationResult Validate()
        {
            if (Agents is < 1 or > 1_000) return ValidationResult.Error("--agents: 1 to 1,000.");
            if (Slots is < 1 or > 1_000) return ValidationResult.Error("--slots: 1 to 1,000.");
            if (TaskMs is < 1 or > 60_000) return ValidationResult.Error("--task-ms: 1 to 60,000.");
            if (WarmUp is < 0 or > 3_600) return ValidationResult.Error("--warm-up: 0 to 3,600.");
            return Seconds is < 1 or > 3_600 ? ValidationResult.Error("--seconds: 1 to 3,600.") : base.Validate();
        }
    }

    protected override Task<MeasurementResult> MeasureAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        SlotsMeasurement.RunAsync(settings.Plan, redis, progress, cancellationToken);
}
