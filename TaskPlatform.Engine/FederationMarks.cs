namespace TaskPlatform.Engine;

/// <summary>By what work of another node of a federation is known here: it is counted by its home alone.</summary>
public static class FederationMarks
{
    /// <summary>How labels begin that say where a task of another node belongs. No request can set them.</summary>
    public const string LabelPrefix = "federation.";

    /// <summary>The label of a task that belongs to another node; its value is that node's id.</summary>
    public const string HomeLabel = "federation.home";

    // No request can name an agent so: ids have no stroke.
    private const string PeerPrefix = "federation/";

    /// <summary>Whether the task stands here for one of another node.</summary>
    public static bool IsForeign(TaskItem task) => task.Labels.Count > 0 && task.Labels.ContainsKey(HomeLabel);

    /// <summary>The agent that another node is to the queue.</summary>
    public static string AgentOf(string node) => PeerPrefix + node;

    /// <summary>Whether the agent is another node.</summary>
    public static bool IsPeer(string agentId) => agentId.StartsWith(PeerPrefix, StringComparison.Ordinal);
}
