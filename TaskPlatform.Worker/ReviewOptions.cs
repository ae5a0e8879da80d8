namespace TaskPlatform.Worker;

/// <summary>The section <c>Reviews</c> of the configuration.</summary>
internal sealed record ReviewOptions
{
    /// <summary>The folder below which files may be read; required.</summary>
    public string? Root { get; init; }

    /// <summary>Whether a reviewed project's packages are restored when it does not compile without (runs <c>dotnet restore</c>).</summary>
    public bool Restore { get; init; } = true;
}
