namespace TaskPlatform.Api.Debates;

/// <summary>What the moderator logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1101, LogLevel.Error, "Queue {Queue}: the debate {DebateId} could not go on and is failed.")]
    public static partial void DebateBroke(ILogger logger, string queue, string debateId, Exception exception);
}
