namespace TaskPlatform.Api.Endpoints;

/// <summary>What the HTTP interface logs.</summary>
internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Error, "{Method} {Path} failed.")]
    public static partial void CallFailed(ILogger logger, string method, string path, Exception exception);
}
