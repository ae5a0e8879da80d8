namespace TaskPlatform.Api.Store;

/// <summary>What the channel <c>task_notifications</c> tells of a task, after commit.</summary>
/// <param name="Action"><c>new_task</c> or <c>task_updated</c>.</param>
/// <param name="Queue">The task's queue.</param>
/// <param name="TaskId">The task's id.</param>
/// <param name="TaskType">The task's type.</param>
/// <param name="Priority">1 (critical) to 4 (low).</param>
/// <param name="Status">The task's state, as the HTTP interface spells it.</param>
/// <param name="AgentId">The agent that has it, or null.</param>
public readonly record struct TaskNotification(
    string Action, string Queue, string TaskId, string TaskType, int Priority, string Status, string? AgentId);
