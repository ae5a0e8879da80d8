namespace TaskPlatform.Api.WarmUp;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The path could not be warmed: the first tasks will take longer.")]
    public static partial void WarmUpFailed(ILogger logger, Exception exception);
}
