using System.ComponentModel.DataAnnotations;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>The section <c>Federation</c>: which tasks may leave this node, and when.</summary>
public sealed class LendingOptions
{
    /// <summary>The types of task that may work on other nodes, and those that this node works on for others. None by default: no task leaves before somebody decides so.</summary>
    public string[] ExportTypes { get; set; } = [];

    /// <summary>By which rule tasks move.</summary>
    [EnumDataType(typeof(LendingPolicy))]
    public LendingPolicy Policy { get; set; } = LendingPolicy.Threshold;

    /// <summary>How long a peer holds a task without a word, in seconds.</summary>
    [Range(1, 3_600)]
    public double LeaseSeconds { get; set; } = 10;

    /// <summary>How long an idle node waits before it asks again, after nobody had anything for it, in milliseconds; best about a quarter of what a task takes.</summary>
    [Range(10, 60_000)]
    public int AskAgainMilliseconds { get; set; } = 250;

    /// <summary>How many peers are asked in a second, all of them together.</summary>
    [Range(0.1, 10_000)]
    public double ProbesPerSecond { get; set; } = 100;
}

/// <summary>By which rule tasks move between nodes.</summary>
public enum LendingPolicy
{
    /// <summary>A node at or above T = max(its slots, the federation's mean load) offers tasks; an idle one asks for some.</summary>
    Threshold,

    /// <summary>The rule of ADR-010: above 40 % of the federation's load half of the tasks that come are offered.</summary>
    Seed,

    /// <summary>Nothing moves.</summary>
    Local,
}
