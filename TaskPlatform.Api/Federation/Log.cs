namespace TaskPlatform.Api.Federation;

/// <summary>What the federation's node logs. Never a figure.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Information, "Takes part in federation {Federation}, epoch {Epoch}, as {Node}; queue {Queue} is counted.")]
    public static partial void Joins(ILogger logger, string federation, ulong epoch, string node, string queue);

    [LoggerMessage(3002, LogLevel.Warning, "The aggregator cannot be reached, and will be tried again: {Reason}")]
    public static partial void AggregatorAway(ILogger logger, string reason);

    [LoggerMessage(3003, LogLevel.Information, "The aggregator answers again.")]
    public static partial void AggregatorBack(ILogger logger);

    [LoggerMessage(3004, LogLevel.Warning, "Round {Round} was left: {Reason}. {Detail} The next one is waited for.")]
    public static partial void RoundLeft(ILogger logger, ulong round, string reason, string detail);

    [LoggerMessage(3005, LogLevel.Information, "Rounds are answered again, from round {Round} on.")]
    public static partial void RoundsGoOn(ILogger logger, ulong round);

    [LoggerMessage(3006, LogLevel.Error, "Nothing is released until somebody has looked at it and the service was started again: {Reason}")]
    public static partial void NothingReleased(ILogger logger, string reason);
}
