namespace TaskPlatform.Engine;

/// <summary>What to look for; null matches everything.</summary>
public sealed record TaskFilter(TaskState? State, string? Type, string? AgentId, string? GraphId, string? LabelName, string? LabelValue)
{
    /// <summary>Matches every task.</summary>
    public static readonly TaskFilter Any = new(null, null, null, null, null, null);

    /// <summary>Whether the task is looked for.</summary>
    public bool Matches(TaskItem task)
        => (State is null || task.State == State)
        && (Type is null || task.Type == Type)
        && (AgentId is null || task.AssignedAgent == AgentId)
        && (GraphId is null || task.GraphId == GraphId)
        && (LabelName is null || (task.Labels.TryGetValue(LabelName, out var value) && (LabelValue is null || value == LabelValue)));
}
