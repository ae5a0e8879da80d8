using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Peers;

/// <summary>What both peers can be told.</summary>
internal abstract class PeerSettings : MeasurementSettings
{
    /// <summary>How many lives.</summary>
    [CommandOption("--tasks")]
    [Description("How many jobs of 256 bytes are added, taken and completed while time is taken.")]
    [DefaultValue(20_000)]
    public int Tasks { get; init; } = 20_000;

    /// <summary>How many lives before, which do not count.</summary>
    [CommandOption("--warm-up")]
    [Description("How many jobs go before them, while code is compiled.")]
    [DefaultValue(5_000)]
    public int WarmUp { get; init; } = 5_000;

    /// <summary>Whether latency is measured too.</summary>
    [CommandOption("--rate")]
    [Description("Afterwards add so many jobs a second, whether or not earlier ones were answered, and tell the latency from when an add was due to the handler's start.")]
    public double? Rate { get; init; }

    /// <summary>For how long.</summary>
    [CommandOption("--seconds")]
    [Description("For how long jobs are added at the rate.")]
    [DefaultValue(10)]
    public int Seconds { get; init; } = 10;

    /// <summary>The counts that these settings ask for.</summary>
    public PeerPlan Plan => IsQuick ? PeerPlan.Quick : new PeerPlan(Tasks, WarmUp, Rate ?? 0, Rate is { } rate ? (int)Math.Ceiling(rate * Seconds) : 0);

    public override ValidationResult Validate()
    {
        if (Tasks is < 1 or > 10_000_000) return ValidationResult.Error("--tasks: 1 to 10,000,000.");
        if (WarmUp is < 0 or > 10_000_000) return ValidationResult.Error("--warm-up: 0 to 10,000,000.");
        if (Rate is < 1 or > 1_000_000 or double.NaN) return ValidationResult.Error("--rate: 1 to 1,000,000 a second.");
        if (Seconds is < 1 or > 3_600) return ValidationResult.Error("--seconds: 1 to 3,600.");
        return base.Validate();
    }
}

/// <summary>How much a peer does.</summary>
/// <param name="Tasks">Lives that time is taken of.</param>
/// <param name="WarmUp">Lives before.</param>
/// <param name="Rate">Adds a second afterwards; 0 where there are none.</param>
/// <param name="Timed">How many of them.</param>
internal readonly record struct PeerPlan(int Tasks, int WarmUp, double Rate, int Timed)
{
    /// <summary>The payload of every job, in bytes.</summary>
    public const int PayloadBytes = EngineBed.PayloadBytes;

    /// <summary>Shows that everything works, measures nothing.</summary>
    public static PeerPlan Quick { get; } = new(Tasks: 300, WarmUp: 50, Rate: 100, Timed: 50);

    /// <summary>All jobs, from the first to the last.</summary>
    public int All => WarmUp + Tasks + Timed;
}
