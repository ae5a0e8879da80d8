using System.ComponentModel.DataAnnotations;

namespace TaskPlatform.Federation;

/// <summary>The section <c>Federation</c> of the configuration.</summary>
public sealed class FederationOptions
{
    public const string Section = "Federation";

    /// <summary>Off by default: nothing leaves a node, and nothing is taken, before somebody decides so.</summary>
    public bool Enabled { get; set; }

    /// <summary>How many nodes may be registered at a time.</summary>
    [Range(1, 10_000)]
    public int MaxNodes { get; set; } = 256;

    /// <summary>How often nodes are told to report.</summary>
    [Range(1, 3_600)]
    public double ReportSeconds { get; set; } = 15;

    /// <summary>After so long without a report a node is stale and left out of the sums.</summary>
    [Range(1, 86_400)]
    public double StaleSeconds { get; set; } = 60;

    /// <summary>After so long without a report or registration a node is forgotten, which makes room for others.</summary>
    [Range(1, 604_800)]
    public double ForgetSeconds { get; set; } = 86_400;
}
