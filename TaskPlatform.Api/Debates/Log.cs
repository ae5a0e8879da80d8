namespace TaskPlatform.Api.Debates;

/// <summary>What the moderator logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1101, LogLevel.Error, "Queue {Queue}: the debate {DebateId} could not go on and is failed.")]
    public static partial void DebateBroke(ILogger logger, string queue, string debateId, Exception exception);

    [LoggerMessage(1102, LogLevel.Error, "Queue {Queue}: its debates could not be looked after; that is tried again.")]
    public static partial void ModeratorBroke(ILogger logger, string queue, Exception exception);
}
