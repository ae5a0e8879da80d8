namespace TaskPlatform.Api.Federation;

/// <summary>What the federation's node logs.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "The federation was not told this node's figures, and will be tried again: {Reason}")]
    public static partial void NotReported(ILogger logger, string reason);
}
