using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads which tasks are meant.</summary>
internal static class FilterReader
{
    private const string StateRule = "pending, assigned, in_progress, completed, failed, cancelled, scheduled, blocked or waiting";
    private const string LabelRule = $"must be name=value or a name; {Names.LabelRule}";

    private static readonly string[] FieldNames = ["state", "type", "agentId", "graphId", "label"];

    /// <summary>From an address; what is left out matches everything.</summary>
    public static TaskFilter Read(QueryReader query)
    {
        var (name, value) = Label(query.Text("label"), () => query.Refuse("label", LabelRule));
        return new TaskFilter(
            query.Choice<TaskState>("state", Words.State, StateRule), query.Word("type"), query.Id("agentId"), query.Id("graphId"), name, value);
    }

    /// <summary>From a body. All tasks at once are never meant: at least one field is given.</summary>
    public static TaskFilter Read(FieldReader fields)
    {
        var (name, value) = Label(fields.Text("label", RequestLimits.TextBytes), () => fields.Refuse("label", LabelRule));
        var filter = new TaskFilter(
            fields.Choice<TaskState>("state", Words.State, StateRule), fields.Word("type"), fields.Id("agentId"), fields.Id("graphId"), name, value);
        fields.RefuseUnknown();
        if (!FieldNames.Any(fields.IsGiven)) fields.RefuseWhole($"must have at least one of {string.Join(", ", FieldNames)}");
        return filter;
    }

    private static (string? Name, string? Value) Label(string? text, Action refuse)
    {
        if (text?.Split('=', 2) is not { } parts) return default;
        if (!Names.IsLabel(parts[0])) refuse();
        return (parts[0], parts is [_, var value] ? value : null);
    }
}
