namespace TaskPlatform.Client.Reviews;

/// <summary>Asks for a review.</summary>
public sealed record ReviewRequest
{
    /// <summary>A folder or a C# file inside the root of reviews, absolute or relative to it.</summary>
    public string? Path { get; init; }
}

/// <summary>The review that was begun.</summary>
public sealed record ReviewAccepted
{
    /// <summary>Its id, which is that of its graph of tasks.</summary>
    public required string ReviewId { get; init; }

    /// <summary>The queue of its tasks.</summary>
    public required string Queue { get; init; }

    /// <summary>How many files are reviewed.</summary>
    public required int Files { get; init; }

    /// <summary>How many tasks that makes.</summary>
    public required int Tasks { get; init; }
}

/// <summary>How far a review is.</summary>
public sealed record ReviewStatus
{
    /// <summary>Its id.</summary>
    public required string ReviewId { get; init; }

    /// <summary>
    /// <c>pending</c>, <c>in_progress</c>, <c>completed</c>: the report is there, though single files may have failed;
    /// <c>failed</c> or <c>cancelled</c>: there will be none.
    /// </summary>
    public required string State { get; init; }

    /// <summary>How many tasks are in each state.</summary>
    public required IReadOnlyDictionary<string, int> Counts { get; init; }

    /// <summary>How many tasks are over, whichever way.</summary>
    public required int Done { get; init; }

    /// <summary>How many tasks there are.</summary>
    public required int Total { get; init; }

    /// <summary>The address of the report, once it is there.</summary>
    public string? Report { get; init; }

    /// <summary>The address of all diffs, once they are there.</summary>
    public string? Diff { get; init; }
}
