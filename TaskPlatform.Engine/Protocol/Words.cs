namespace TaskPlatform.Engine;

/// <summary>The words that stand on the wire, in events and in sentences.</summary>
public static class Words
{
    private static readonly string[] States =
        ["pending", "assigned", "in_progress", "completed", "failed", "cancelled", "scheduled", "blocked", "waiting"];

    private static readonly string[] Priorities = ["critical", "high", "medium", "low"];

    private static readonly string[] Edges = ["success", "finish", "failure"];

    /// <summary>A state's word.</summary>
    public static string Of(TaskState state) => States[(int)state];

    /// <summary>A priority's word.</summary>
    public static string Of(TaskPriority priority) => Priorities[(int)priority - 1];

    /// <summary>An edge's word.</summary>
    public static string Of(EdgeKind edge) => Edges[(int)edge];

    /// <summary>The state of a word, if it is one.</summary>
    public static TaskState? State(string word) => Array.IndexOf(States, word) is >= 0 and var index ? (TaskState)index : null;

    /// <summary>The priority of a word, if it is one.</summary>
    public static TaskPriority? Priority(string word) => Array.IndexOf(Priorities, word) is >= 0 and var index ? (TaskPriority)(index + 1) : null;

    /// <summary>The edge of a word, if it is one.</summary>
    public static EdgeKind? Edge(string word) => Array.IndexOf(Edges, word) is >= 0 and var index ? (EdgeKind)index : null;
}
