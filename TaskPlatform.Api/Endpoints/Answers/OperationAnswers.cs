using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using WireAction = TaskPlatform.Client.Wire.BulkAction;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes bulk operations as they are answered.</summary>
internal static class OperationAnswers
{
    /// <summary>A bulk operation, and how far it is.</summary>
    public static OperationInfo Info(OperationItem operation) => new()
    {
        OperationId = operation.Id,
        Action = ActionOf(operation.Action),
        Filter = Filter(operation.Filter),
        DryRun = operation.IsDryRun,
        State = operation.FinishedUnixMs is null ? OperationState.Running : OperationState.Completed,
        Matched = operation.Matched,
        Changed = operation.Changed,
        CreatedAt = Times.At(operation.CreatedUnixMs),
        FinishedAt = Times.At(operation.FinishedUnixMs),
    };

    /// <summary>Where an operation is found.</summary>
    public static string Address(string queue, string operationId) => $"/v1/queues/{queue}/operations/{operationId}";

    private static BulkFilter Filter(TaskFilter filter) => new()
    {
        State = filter.State is { } state ? TaskAnswers.State(state) : null,
        Type = filter.Type,
        AgentId = filter.AgentId,
        GraphId = filter.GraphId,
        Label = filter.LabelValue is null ? filter.LabelName : $"{filter.LabelName}={filter.LabelValue}",
    };

    private static WireAction ActionOf(Engine.BulkAction action) => action switch
    {
        Engine.BulkAction.Cancel => WireAction.Cancel,
        Engine.BulkAction.Retry => WireAction.Retry,
        Engine.BulkAction.Delete => WireAction.Delete,
        _ => throw new System.Diagnostics.UnreachableException($"No word for {action}."),
    };
}
