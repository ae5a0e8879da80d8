namespace TaskPlatform.Engine;

/// <summary>What went wrong, in the agent's words or the engine's.</summary>
public sealed record TaskError(string Type, string Message, bool Retryable);

/// <summary>One try at a task, kept for people to read.</summary>
public sealed record AttemptRecord(
    int Attempt, string AgentId, string? InstanceId, long StartedUnixMs, long FinishedUnixMs, string Outcome, TaskError? Error)
{
    /// <summary>Whether the agent itself ended it; otherwise its lease was lost or the service took it away.</summary>
    public bool EndedByAgent => Outcome is Completed or Failed or Released or Deferred;

    /// <summary>Whether it came to a result; null where it says nothing: given back, put off, or cancelled.</summary>
    public bool? Succeeded => Outcome switch
    {
        Completed => true,
        Released or Deferred or Cancelled => null,
        _ => false,
    };

    internal const string Completed = "completed";
    internal const string Failed = "failed";
    internal const string Released = "released";
    internal const string Deferred = "deferred";
    internal const string Cancelled = "cancelled";
}
