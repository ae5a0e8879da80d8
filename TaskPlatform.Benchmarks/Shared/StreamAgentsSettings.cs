using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>What measurements with agents over streams can be told of those.</summary>
internal abstract class StreamAgentsSettings : MeasurementSettings
{
    /// <summary>How many agents.</summary>
    [CommandOption("--agents")]
    [Description("How many agents, each with a stream of its own, in another process.")]
    [DefaultValue(4)]
    public int Agents { get; init; } = 4;

    /// <summary>How many tasks each takes.</summary>
    [CommandOption("--credit")]
    [Description("How many tasks each agent takes at once.")]
    [DefaultValue(500)]
    public int Credit { get; init; } = 500;

    public override ValidationResult Validate()
    {
        if (Agents is < 1 or > 1_000) return ValidationResult.Error("--agents: 1 to 1,000.");
        return Credit is < 1 or > 1_000 ? ValidationResult.Error("--credit: 1 to 1,000.") : base.Validate();
    }
}
