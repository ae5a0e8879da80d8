namespace TaskPlatform.Client.Reviews;

/// <summary>What reviewers are told of a finding that they debate: facts, no code.</summary>
public sealed record DisputedFinding
{
    /// <summary>The answer of a reviewer who would have the finding looked at.</summary>
    public const string Keep = "keep";

    /// <summary>The answer of a reviewer who would not.</summary>
    public const string Drop = "drop";

    /// <summary>The file, relative to the reviewed folder.</summary>
    public required string File { get; init; }

    /// <summary>The finding: of those of its rule, the one in the riskiest file.</summary>
    public required Finding Finding { get; init; }

    /// <summary>How many findings of the rule there are in the review.</summary>
    public required int Places { get; init; }

    /// <summary>How many of them the diffs remove.</summary>
    public required int Fixed { get; init; }

    /// <summary>The file's risk, as the report has it.</summary>
    public required int Risk { get; init; }
}
