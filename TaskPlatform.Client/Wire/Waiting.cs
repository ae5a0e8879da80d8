namespace TaskPlatform.Client.Wire;

/// <summary>The holder of a task adds tasks to it.</summary>
public sealed record ChildrenRequest
{
    /// <summary>The grant.</summary>
    public string? LeaseToken { get; init; }
    /// <summary>
    /// At most 1,000 tasks and 32 MiB. What the task added before is not added twice; a child without an id gets one made from its parent and its
    /// body.
    /// </summary>
    public IReadOnlyList<SubmitTask>? Tasks { get; init; }
    /// <summary>Whether the task waits until all its children are over; true when unset. Where they already are, it stays with its agent.</summary>
    public bool? Wait { get; init; }
}

/// <summary>The holder of a task asks people.</summary>
public sealed record AskRequest
{
    /// <summary>The grant.</summary>
    public string? LeaseToken { get; init; }
    /// <summary>The question, at most 8 KiB. One that was answered before leaves the task with its agent.</summary>
    public string? Question { get; init; }
    /// <summary>The answers that will be taken, at most 32 of 256 characters; unset: any.</summary>
    public IReadOnlyList<string>? Choices { get; init; }
}

/// <summary>Answers a task's question, or lets a task go on that waits for a budget.</summary>
public sealed record AnswerRequest
{
    /// <summary>
    /// The answer, at most 256 KiB. An object that has tokens or cost and nothing else is added to the task's own budget, where the task waits for one.
    /// </summary>
    public RawJson? Answer { get; init; }
}
