namespace TaskPlatform.Api.Reviews;

/// <summary>The section <c>Reviews</c> of the configuration.</summary>
public sealed record ReviewSettings
{
    /// <summary>The section's name.</summary>
    public const string Section = "Reviews";

    /// <summary>The folder below which code may be reviewed; unset: none may.</summary>
    public string? Root { get; init; }

    /// <summary>The most files of one review, 1 to 4,000; each makes two tasks.</summary>
    public int MaxFiles { get; init; } = 2_000;
}
