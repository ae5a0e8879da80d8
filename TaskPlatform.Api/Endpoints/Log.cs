namespace TaskPlatform.Api.Endpoints;

/// <summary>What the HTTP interface logs.</summary>
internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Error, "{Method} {Path} failed.")]
    public static partial void CallFailed(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(202, LogLevel.Information, "A reader of the events of queue {Queue} left them unread for {Seconds} s and was cut off.")]
    public static partial void EventsUnread(ILogger logger, string queue, double seconds);
}
