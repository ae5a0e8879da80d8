namespace TaskPlatform.Engine;

/// <summary>The words that stand on the wire, in events and in sentences.</summary>
public static class Words
{
    private static readonly string[] States =
        ["pending", "assigned", "in_progress", "completed", "failed", "cancelled", "scheduled", "blocked", "waiting"];

    private static readonly string[] Priorities = ["critical", "high", "medium", "low"];

    private static readonly string[] Edges = ["success", "finish", "failure"];

    private static readonly string[] Speeds = ["standard", "fast", "slow"];

    private static readonly string[] Policies = ["fifo", "score", "learned"];

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

    /// <summary>A policy's word.</summary>
    public static string Of(MatchPolicy policy) => Policies[(int)policy];

    /// <summary>The policy of a word, if it is one.</summary>
    public static MatchPolicy? Policy(string word) => Array.IndexOf(Policies, word) is >= 0 and var index ? (MatchPolicy)index : null;

    /// <summary>A speed class's word.</summary>
    public static string Of(SpeedClass speed) => Speeds[(int)speed];

    /// <summary>The speed class of a word, if it is one.</summary>
    public static SpeedClass? Speed(string word) => Array.IndexOf(Speeds, word) is >= 0 and var index ? (SpeedClass)index : null;
}
