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

    [LoggerMessage(3105, LogLevel.Warning, "No work is shared until the queue is served here: {Reason}")]
    public static partial void NotListening(ILogger logger, string reason);

    [LoggerMessage(3107, LogLevel.Error, "Sharing work with {Peer} failed here.")]
    public static partial void PeerFailed(ILogger logger, string peer, Exception failure);

    [LoggerMessage(3109, LogLevel.Error, "Task {TaskId} could not be offered to peers.")]
    public static partial void OfferFailed(ILogger logger, string taskId, Exception failure);

    [LoggerMessage(3110, LogLevel.Error, "Peers could not be asked for work.")]
    public static partial void SeekFailed(ILogger logger, Exception failure);

    [LoggerMessage(3108, LogLevel.Error, "Task {MirrorId} of {Home} is not looked after any more.")]
    public static partial void KeeperBroke(ILogger logger, string mirrorId, string home, Exception failure);

    [LoggerMessage(3106, LogLevel.Warning, "{Home} was not told how task {TaskId} stands, and will be again: {Reason}")]
    public static partial void NotReported(ILogger logger, string taskId, string home, string reason);
}
