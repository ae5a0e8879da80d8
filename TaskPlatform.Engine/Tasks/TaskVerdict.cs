using System.Text.Json;

namespace TaskPlatform.Engine;

/// <summary>What a verifier said of a result.</summary>
/// <param name="TaskId">The verifier's task.</param>
/// <param name="Pass">Whether the result is good enough.</param>
/// <param name="Reason">Why, in the verifier's words; null when it did not say. At most <see cref="LongestReason"/> characters are kept.</param>
/// <param name="Score">How good it is, in the verifier's unit; null when it did not say.</param>
public sealed record TaskVerdict(string TaskId, bool Pass, string? Reason, double? Score)
{
    /// <summary>Characters of a reason that are kept; the verifier's own result has all of it.</summary>
    public const int LongestReason = 2_000;

    /// <summary>Reads a verifier's result: a JSON object with <c>pass</c>, and perhaps <c>reason</c> and <c>score</c>. Other fields are the verifier's own.</summary>
    /// <param name="taskId">The verifier's task.</param>
    /// <param name="json">Its result, as UTF-8 JSON.</param>
    /// <returns>Null when it is no such thing.</returns>
    public static TaskVerdict? Read(string taskId, ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? ReadFields(taskId, ref reader) : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null; // no JSON, or text that is no Unicode
        }
    }

    private static TaskVerdict? ReadFields(string taskId, ref Utf8JsonReader reader)
    {
        bool? pass = null;
        string? reason = null;
        double? score = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isPass, isReason, isScore) = (reader.ValueTextEquals("pass"u8), reader.ValueTextEquals("reason"u8), reader.ValueTextEquals("score"u8));
            reader.Read();
            if (isPass && reader.TokenType is JsonTokenType.True or JsonTokenType.False) pass = reader.GetBoolean();
            else if (isReason && reader.TokenType is JsonTokenType.String or JsonTokenType.Null) reason = reader.GetString();
            else if (isScore && reader.TokenType is JsonTokenType.Number or JsonTokenType.Null) score = ReadScore(ref reader);
            else if (isPass || isReason || isScore) return null;
            else reader.Skip();
        }
        return pass is { } known ? new TaskVerdict(taskId, known, reason is null ? null : $"{TextStart.Of(reason, LongestReason)}", score) : null;
    }

    private static double? ReadScore(ref Utf8JsonReader reader)
        => reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var score) && double.IsFinite(score) ? score : null;
}
