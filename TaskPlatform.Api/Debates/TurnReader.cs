using System.Text;
using System.Text.Json;
using TaskPlatform.Engine;
using TaskPlatform.Engine.Debates;

namespace TaskPlatform.Api.Debates;

/// <summary>Reads turns out of the tasks that they are.</summary>
internal static class TurnReader
{
    /// <summary>The longest answer, in bytes of UTF-8; what is longer is an argument.</summary>
    public const int AnswerBytes = 2 << 10;

    /// <summary>One turn. The task must be whole.</summary>
    public static Turn Read(string debate, TaskItem task)
    {
        var (round, seat, attempt) = DebateTasks.Read(debate, task.Id);
        var turn = new Turn(round, seat, attempt, TurnState.Open)
        {
            AgentId = task.AssignedAgent ?? Addressee.In(task.Body?.Capabilities ?? []),
            IsTaken = task.State is not (TaskState.Pending or TaskState.Scheduled),
            Used = task.History?.Used ?? default,
        };
        return task.State switch
        {
            TaskState.Completed => ReadResult(turn, task),
            TaskState.Failed => Failed(turn, task.Error is { } error ? $"{error.Type}: {error.Message}" : "It failed."),
            TaskState.Cancelled => Failed(turn, task.History?.CancelReason ?? "It was cancelled."),
            _ => turn,
        };
    }

    private static Turn ReadResult(Turn turn, TaskItem task)
    {
        using var document = task.Result.IsEmpty ? null : JsonDocument.Parse(task.Result);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } result) return NoAnswer(turn, "the result must be a JSON object");
        if (!result.TryGetProperty("answer", out var given) || TextOf(given) is not { } answer || string.IsNullOrWhiteSpace(answer))
            return NoAnswer(turn, "answer must be text, a number, true or false");
        if (Encoding.UTF8.GetByteCount(answer) > AnswerBytes) return NoAnswer(turn, $"answer must not have more than {AnswerBytes} bytes");
        if (!TryText(result, "argument", out var argument)) return NoAnswer(turn, "argument must be text");
        if (!TryConfidence(result, out var confidence)) return NoAnswer(turn, "confidence must be a number from 0 to 1");
        return turn with { State = TurnState.Answered, Answer = answer, Argument = argument, Confidence = confidence ?? task.Confidence };
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static bool TryText(JsonElement result, string name, out string? text)
    {
        text = null;
        if (!result.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.String) return false;
        text = value.GetString();
        return true;
    }

    private static bool TryConfidence(JsonElement result, out double? confidence)
    {
        confidence = null;
        if (!result.TryGetProperty("confidence", out var value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number is not (>= 0 and <= 1)) return false;
        confidence = number;
        return true;
    }

    private static Turn NoAnswer(Turn turn, string because) => Failed(turn, $"invalid-answer: {because}");

    private static Turn Failed(Turn turn, string because) => turn with { State = TurnState.Failed, Error = because };
}
