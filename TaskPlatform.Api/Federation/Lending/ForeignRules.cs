using System.Text;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>What is taken of another node: no more than any caller could submit or report. An admitted node may still be broken, or somebody else's by now.</summary>
internal static class ForeignRules
{
    private const long LeastLeaseMs = 100;
    private const long MostMs = (long)(RequestLimits.YearSeconds * 1_000);
    private const int TraceLength = 128;

    /// <summary>Whether a lent task can be taken in.</summary>
    public static bool IsSound(LentTask task)
        => Names.IsId(task.TaskId) && LeaseTokens.Read(task.Token) != 0 && Names.IsWord(task.Type)
        && Enum.IsDefined((TaskPriority)task.Priority)
        && task.LeaseMs is >= LeastLeaseMs and <= MostMs && task.AgentLeaseMs is >= LeastLeaseMs and <= MostMs
        && task.AttemptTimeoutMs is >= LeastLeaseMs and <= MostMs && task.StallMs is null or >= LeastLeaseMs and <= MostMs
        && IsText(task.Description) && IsValue(task.Payload) && task.Traceparent is not { Length: > TraceLength } && task.Cap.Length <= TraceLength;

    /// <summary>Whether a report can be handed to the queue.</summary>
    public static bool IsSound(LeaseReport report)
        => Names.IsId(report.TaskId) && LeaseTokens.Read(report.Token) != 0 && Enum.IsDefined(report.Verb)
        && IsPart(report.Progress) && IsPart(report.Confidence)
        && report.Tokens is >= 0 and <= RequestLimits.UsageTokens && report.Cost is >= 0 and <= RequestLimits.UsageCost
        && IsText(report.Message) && IsText(report.ErrorType) && IsText(report.ErrorMessage)
        && IsValue(report.Checkpoint) && IsValue(report.Result);

    private static bool IsPart(double? number) => number is null or >= 0 and <= 1;

    private static bool IsText(string? text) => text is null || Encoding.UTF8.GetByteCount(text) <= RequestLimits.TextBytes;

    private static bool IsValue(byte[]? json)
    {
        if (json is null) return true;
        if (json.Length > RequestLimits.ValueBytes) return false;
        try
        {
            JsonText.Parse(json).Dispose();
            return true;
        }
        catch (RequestRefusedException)
        {
            return false;
        }
    }
}
