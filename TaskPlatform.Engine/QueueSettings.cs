using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What an operator sets on a queue. Stored with the queue.</summary>
public sealed record QueueSettings
{
    /// <summary>A queue that nobody has set anything on.</summary>
    public static readonly QueueSettings Default = new();

    /// <summary>How long a task waits before it counts as one priority higher, in milliseconds; 0: it never does.</summary>
    public long AgeingMs { get; init; } = 600_000;

    /// <summary>Whether nothing at all is handed out.</summary>
    public bool Paused { get; init; }

    /// <summary>Types of which nothing is handed out.</summary>
    public ImmutableSortedSet<string> PausedTypes { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Whether tasks of this type are held back.</summary>
    public bool IsPaused(string type) => Paused || PausedTypes.Contains(type);
}
