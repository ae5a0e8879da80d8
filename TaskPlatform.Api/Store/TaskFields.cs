namespace TaskPlatform.Api.Store;

/// <summary>Which part of a task a record is.</summary>
public enum TaskPart
{
    /// <summary>What changes: state, attempts, lease.</summary>
    State,

    /// <summary>What was submitted; never changes.</summary>
    Body,

    /// <summary>The result.</summary>
    Result,
}

/// <summary>
/// The names of a task's records in the hash of tasks: <c>id</c>, <c>id:body</c>, <c>id:result</c>. An id may itself end in
/// <c>:body</c>, <c>:result</c> or <c>:state</c>; its state record is then named <c>id:state</c>. So a name with one of these
/// endings is that part of what stands before it, any other name is a state record, and no two records share a name.
/// </summary>
public static class TaskFields
{
    private const string StateEnding = ":state";
    private const string BodyEnding = ":body";
    private const string ResultEnding = ":result";

    /// <summary>The name of the state record.</summary>
    public static string State(string id) => id + Ending(id, TaskPart.State);

    /// <summary>The name of the body.</summary>
    public static string Body(string id) => id + BodyEnding;

    /// <summary>The name of the result.</summary>
    public static string Result(string id) => id + ResultEnding;

    /// <summary>What follows the id in a record's name.</summary>
    public static string Ending(string id, TaskPart part) => part switch
    {
        TaskPart.Body => BodyEnding,
        TaskPart.Result => ResultEnding,
        _ => HasEnding(id) ? StateEnding : "",
    };

    /// <summary>Whose record it is, and which part.</summary>
    /// <param name="field">The record's name.</param>
    /// <param name="idLength">How much of the name, from its start, is the task's id.</param>
    public static TaskPart Parse(ReadOnlySpan<char> field, out int idLength)
    {
        var (part, ending) = field.EndsWith(BodyEnding) ? (TaskPart.Body, BodyEnding.Length)
            : field.EndsWith(ResultEnding) ? (TaskPart.Result, ResultEnding.Length)
            : field.EndsWith(StateEnding) ? (TaskPart.State, StateEnding.Length)
            : (TaskPart.State, 0);
        idLength = field.Length - ending;
        return part;
    }

    private static bool HasEnding(string id) =>
        id.EndsWith(BodyEnding, StringComparison.Ordinal)
        || id.EndsWith(ResultEnding, StringComparison.Ordinal)
        || id.EndsWith(StateEnding, StringComparison.Ordinal);
}
