using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads what is to be changed of tasks: of one, or of all that match.</summary>
internal static class TaskChangeReader
{
    /// <summary>A change of one task.</summary>
    public static Command Patch(FieldReader fields, string taskId)
    {
        var patch = new Command.Patch(
            taskId,
            fields.Choice<TaskPriority>("priority", Words.Priority, "critical, high, medium or low"),
            fields.NewDate("notBefore"),
            fields.NewLabels("labels"));
        fields.RefuseUnknown();
        return patch;
    }

    /// <summary>The same for every task that matches.</summary>
    public static Command Bulk(FieldReader fields, string operationId)
    {
        var action = fields.Choice<BulkAction>("action", ActionOf, "cancel, retry or delete", isRequired: true) ?? BulkAction.Cancel;
        var filter = fields.Object("filter", isRequired: true) is { } given ? FilterReader.Read(given) : TaskFilter.Any;
        var isDryRun = fields.Flag("dryRun") ?? false;
        fields.RefuseUnknown();
        return new Command.Bulk(operationId, action, filter, isDryRun);
    }

    private static BulkAction? ActionOf(string word) => word switch
    {
        "cancel" => BulkAction.Cancel,
        "retry" => BulkAction.Retry,
        "delete" => BulkAction.Delete,
        _ => null,
    };
}
