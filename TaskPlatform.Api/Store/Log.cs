namespace TaskPlatform.Api.Store;

internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Warning, "Queue {Queue}: the store did not answer: {Reason}")]
    public static partial void StoreUnavailable(ILogger logger, string queue, string reason);

    [LoggerMessage(2006, LogLevel.Information, "Queue {Queue}: the store answers again after {Seconds:0.0} s")]
    public static partial void StoreBack(ILogger logger, string queue, double seconds);

    [LoggerMessage(2002, LogLevel.Warning, "Queue {Queue}: the store came back with batch {Stored}, {Acknowledged} was acknowledged; sending the batches between again")]
    public static partial void SendingAgain(ILogger logger, string queue, long stored, long acknowledged);

    [LoggerMessage(2003, LogLevel.Warning, "Queue {Queue}: the store came back without the takeover of epoch {Epoch}, at epoch {Stored}; taking the queue again")]
    public static partial void Reasserting(ILogger logger, string queue, long epoch, long stored);

    [LoggerMessage(2004, LogLevel.Error, "Queue {Queue}: nothing more is written ({Fate}): {Reason}")]
    public static partial void PipelineEnded(ILogger logger, string queue, CommitFate fate, string reason);

    [LoggerMessage(2005, LogLevel.Critical, "Queue {Queue}: writing broke down; nothing more is written")]
    public static partial void PipelineBroken(ILogger logger, string queue, Exception broken);

    [LoggerMessage(2010, LogLevel.Warning, "Redis: {Warning}")]
    public static partial void ServerWarning(ILogger logger, string warning);

    [LoggerMessage(2011, LogLevel.Warning, "Redis: the connection {Endpoint} was lost ({Failure})")]
    public static partial void ConnectionLost(ILogger logger, string endpoint, string failure);

    [LoggerMessage(2012, LogLevel.Information, "Redis: the connection {Endpoint} is back")]
    public static partial void ConnectionBack(ILogger logger, string endpoint);

    [LoggerMessage(2013, LogLevel.Warning, "Redis: memory is {Percent} % full; submits are refused until tasks are settled or purged")]
    public static partial void MemoryFull(ILogger logger, int percent);

    [LoggerMessage(2014, LogLevel.Warning, "Redis: notifications are dropped: {Reason}")]
    public static partial void NotificationsDropped(ILogger logger, string reason);
}
