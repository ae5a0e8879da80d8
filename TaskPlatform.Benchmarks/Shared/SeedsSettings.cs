using System.ComponentModel;
using Spectre.Console.Cli;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>What simulations that are run once for each seed can be told on the command line.</summary>
internal abstract class SeedsSettings : CommandSettings
{
    private const int QuickSeeds = 2;

    /// <summary>Runs of each kind.</summary>
    [CommandOption("--seeds")]
    [Description("Runs of each kind; intervals are 95 %.")]
    [DefaultValue(20)]
    public int Seeds { get; init; } = 20;

    /// <summary>A look whether all of it runs.</summary>
    [CommandOption("--quick")]
    [Description("Two seeds and little to do: shows that it works, measures nothing.")]
    public bool IsQuick { get; init; }

    /// <summary>How many runs of each kind there are.</summary>
    public int Runs => IsQuick ? QuickSeeds : Seeds;
}
