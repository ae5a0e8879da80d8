namespace TaskPlatform.Client.Reviews;

/// <summary>The names a review is made of: its queue, and the task types of its three agents.</summary>
public static class ReviewTasks
{
    /// <summary>The queue of all reviews.</summary>
    public const string Queue = "reviews";

    /// <summary>One file is analysed (<see cref="FileToReview"/> → <see cref="FileAnalysis"/>).</summary>
    public const string Analysis = "analysis";

    /// <summary>One file's findings are fixed (<see cref="FileToReview"/> and its analysis → <see cref="FileFixes"/>).</summary>
    public const string Coding = "coding";

    /// <summary>Everything is summed up (<see cref="ReviewToSummarize"/> and all results → <see cref="ReviewReport"/>).</summary>
    public const string Reasoning = "reasoning";

    /// <summary>The id of the task that analyses the file at this place of the list.</summary>
    public static string AnalysisId(string review, int index) => $"{review}.analysis.{index}";

    /// <summary>The id of the task that fixes the file at this place of the list.</summary>
    public static string CodingId(string review, int index) => $"{review}.coding.{index}";

    /// <summary>The id of the task that writes the report.</summary>
    public static string ReasoningId(string review) => $"{review}.reasoning";
}

/// <summary>The payload of an analysis and of a coding task.</summary>
public sealed record FileToReview
{
    /// <summary>The reviewed folder, relative to the root of reviews; <c>.</c> is the root itself.</summary>
    public required string Path { get; init; }

    /// <summary>The file, relative to the reviewed folder, with <c>/</c> between folders.</summary>
    public required string File { get; init; }
}

/// <summary>The payload of the reasoning task.</summary>
public sealed record ReviewToSummarize
{
    /// <summary>What the ids of the review's tasks begin with; see <see cref="ReviewTasks.AnalysisId"/>.</summary>
    public required string Review { get; init; }

    /// <summary>What the report calls the reviewed folder.</summary>
    public required string Name { get; init; }

    /// <summary>Every file of the review, in the order of its tasks.</summary>
    public required IReadOnlyList<string> Files { get; init; }
}
