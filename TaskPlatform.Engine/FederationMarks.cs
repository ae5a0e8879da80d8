namespace TaskPlatform.Engine;

/// <summary>By what work of another node of a federation is known here: it is counted by its home alone.</summary>
public static class FederationMarks
{
    /// <summary>The label of a task that belongs to another node; its value is that node's id.</summary>
    public const string HomeLabel = "federation.home";

    /// <summary>How ids of agents begin that are other nodes.</summary>
    public const string PeerPrefix = "federation/";

    /// <summary>Whether the task stands here for one of another node.</summary>
    public static bool IsForeign(TaskItem task) => task.Labels.Count > 0 && task.Labels.ContainsKey(HomeLabel);

    /// <summary>Whether the agent is another node.</summary>
    public static bool IsPeer(string agentId) => agentId.StartsWith(PeerPrefix, StringComparison.Ordinal);
}
