namespace TaskPlatform.Client.Reviews;

/// <summary>What the analyzers' own fixes make of one file.</summary>
public sealed record FileFixes
{
    /// <summary>The file, relative to the reviewed folder.</summary>
    public required string File { get; init; }

    /// <summary>A unified diff for <c>git apply</c> from the reviewed folder; empty when nothing is to be fixed.</summary>
    public string Diff { get; init; } = "";

    /// <summary>How many findings of each rule the diff removes.</summary>
    public IReadOnlyDictionary<string, int> Fixed { get; init; } = new Dictionary<string, int>();

    /// <summary>Why nothing or less than possible was fixed, for people.</summary>
    public string? Note { get; init; }
}

/// <summary>The review as people read it.</summary>
public sealed record ReviewReport
{
    /// <summary>The report, in Markdown.</summary>
    public required string Markdown { get; init; }

    /// <summary>The summary alone, at most ten lines of plain text.</summary>
    public required string Summary { get; init; }

    /// <summary>How many files were analysed.</summary>
    public required int Files { get; init; }

    /// <summary>How many findings there are, by severity (<c>error</c>, <c>warning</c>, <c>info</c>).</summary>
    public required IReadOnlyDictionary<string, int> Findings { get; init; }

    /// <summary>How many findings the diffs remove.</summary>
    public required int Fixed { get; init; }

    /// <summary>Who wrote the summary: <c>rules</c>, or the name of the language model.</summary>
    public required string WrittenBy { get; init; }
}
