using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation.Rounds;

/// <summary>What the aggregator logs: numbers of rounds and nodes' names, never a figure.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Debug, "Round {Round} gave a sum over {Nodes} nodes.")]
    public static partial void RoundDone(ILogger logger, ulong round, int nodes);

    [LoggerMessage(4002, LogLevel.Warning, "Round {Round} gave no sum: {Reason}. {Detail} Rounds go on.")]
    public static partial void RoundAborted(ILogger logger, ulong round, AbortReason reason, string detail);

    [LoggerMessage(4003, LogLevel.Information, "Rounds give sums again, from round {Round} on.")]
    public static partial void RoundsGoOn(ILogger logger, ulong round);

    [LoggerMessage(4004, LogLevel.Warning, "An answer of {Node} to {Position} was not taken: {Reason}. {Detail}")]
    public static partial void AnswerRefused(ILogger logger, string node, RoundPosition position, AbortReason reason, string detail);

    [LoggerMessage(4005, LogLevel.Information, "Federation {Federation}, epoch {Epoch}: {Nodes} nodes are admitted, sums are of {Cohort} at least.")]
    public static partial void Starts(ILogger logger, string federation, ulong epoch, int nodes, int cohort);
}
