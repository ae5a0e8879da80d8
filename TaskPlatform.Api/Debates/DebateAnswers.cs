using System.Text.Json;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using TaskPlatform.Engine.Debates;

namespace TaskPlatform.Api.Debates;

/// <summary>Writes debates as they are answered, and the result that stands with their task in the end.</summary>
internal static class DebateAnswers
{
    /// <summary>The result of a debate that is over: everything that is to be known of it, since its turns may be deleted later.</summary>
    public static byte[] Result(TaskItem parent, string queue, IReadOnlyList<Turn> turns, Verdict verdict) => Shortened.Write(most => Told(Plain(parent, queue), turns, most) with
    {
        State = DebateState.Completed,
        Rounds = verdict.Rounds,
        Verdict = verdict.Answer,
        DecidedBy = verdict.DecidedBy,
        EndedBy = verdict.EndedBy,
        Tie = verdict.IsTie,
        Votes = [.. verdict.Votes.Select(VoteOf)],
        Note = verdict.Note,
    });

    /// <summary>A debate as it stands. The task must be whole.</summary>
    /// <param name="parent">The task that stands for it.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="turns">Its turns; of no account when it is completed.</param>
    public static DebateInfo Info(TaskItem parent, string queue, IReadOnlyList<Turn> turns)
    {
        if (parent.State == Engine.TaskState.Completed && JsonSerializer.Deserialize(parent.Result.Span, WireJson.Default.DebateInfo) is { } over)
            return over with { FinishedAt = Times.At(parent.FinishedUnixMs) };
        var votes = Positions.After(turns, int.MaxValue, new HashSet<int>()).Votes;
        return Told(Plain(parent, queue), turns, Shortened.ArgumentLength) with { Votes = votes.IsEmpty ? null : [.. votes.Select(VoteOf)] };
    }

    /// <summary>A debate in a list: without its question's length of transcript.</summary>
    public static DebateInfo Short(DebateInfo info) => info with { Transcript = null, Shortened = null };

    /// <summary>A debate without its turns. The task must be whole.</summary>
    public static DebateInfo Plain(TaskItem parent, string queue) => new()
    {
        Id = parent.Id,
        Queue = queue,
        State = parent.State switch
        {
            Engine.TaskState.Completed => DebateState.Completed,
            Engine.TaskState.Failed => DebateState.Failed,
            Engine.TaskState.Cancelled => DebateState.Cancelled,
            _ => DebateState.Running,
        },
        Question = DebateTasks.Asked(parent).Question,
        Error = parent is { State: Engine.TaskState.Failed, Error: { } error } ? new Client.Wire.TaskError { Type = error.Type, Message = error.Message, Retryable = false } : null,
        CreatedAt = Times.At(parent.CreatedUnixMs),
        FinishedAt = Times.At(parent.FinishedUnixMs),
    };

    /// <summary>Where a debate is found.</summary>
    public static string Address(string queue, string id) => $"/v1/queues/{queue}/debates/{id}";

    private static DebateInfo Told(DebateInfo info, IReadOnlyList<Turn> turns, int most) => info with
    {
        Rounds = turns.Select(turn => turn.Round).DefaultIfEmpty(0).Max(),
        Transcript = [.. turns.OrderBy(turn => turn.IsJudge).ThenBy(turn => turn.Round).ThenBy(turn => turn.Seat).ThenBy(turn => turn.Try).Select(turn => TurnOf(info.Id, turn, most))],
        Shortened = turns.Any(turn => turn.Argument?.Length > most) ? true : null,
        Usage = Amounts.Used(turns.Aggregate(default(Usage), (sum, turn) => sum + turn.Used)),
    };

    private static DebateVote VoteOf(VoteCount vote) => new() { Answer = vote.Answer, Seats = vote.Seats, Confidence = vote.Confidence };

    private static DebateTurnInfo TurnOf(string debate, Turn turn, int most) => new()
    {
        TaskId = DebateTasks.IdOf(debate, turn.Round, turn.Seat, turn.Try),
        Round = turn.IsJudge ? null : turn.Round,
        Seat = turn.IsJudge ? null : turn.Seat,
        Try = turn.Try,
        AgentId = turn.AgentId,
        Answer = turn.State == TurnState.Answered ? turn.Answer : null,
        Argument = Shortened.Cut(turn.Argument, most),
        Confidence = turn.Confidence,
        Error = Shortened.Cut(turn.Error, Math.Min(most, ErrorLength)),
    };

    private const int ErrorLength = 1 << 10;
}
