namespace TaskPlatform.Api.Federation.Lending;

/// <summary>What lending logs. What leaves is always logged, without what is in it.</summary>
internal static partial class Log
{
    [LoggerMessage(3101, LogLevel.Information, "Task {TaskId} of type {Type} leaves this node: leased to {Peer}.")]
    public static partial void Lent(ILogger logger, string taskId, string type, string peer);

    [LoggerMessage(3102, LogLevel.Information, "Task {TaskId} of type {Type} of {Home} is worked on here, as {MirrorId}.")]
    public static partial void Borrowed(ILogger logger, string taskId, string type, string home, string mirrorId);

    [LoggerMessage(3103, LogLevel.Information, "Task {TaskId} of {Home} is over here: {State}. It counted there: {IsCounted}.")]
    public static partial void Returned(ILogger logger, string taskId, string home, string state, bool isCounted);

    [LoggerMessage(3104, LogLevel.Debug, "Peer {Peer} could not be asked: {Reason}")]
    public static partial void PeerUnreachable(ILogger logger, string peer, string reason);

    [LoggerMessage(3105, LogLevel.Warning, "What an earlier process took over from peers is looked after as soon as the queue is served: {Reason}")]
    public static partial void NotResumed(ILogger logger, string reason);

    [LoggerMessage(3106, LogLevel.Warning, "{Home} was not told how task {TaskId} stands, and will be again: {Reason}")]
    public static partial void NotReported(ILogger logger, string taskId, string home, string reason);
}
