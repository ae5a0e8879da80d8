namespace TaskPlatform.Engine;

/// <summary>What has happened to a task, within its state record. Nothing, for most of those that wait.</summary>
public static partial class TaskRecords
{
    private static void WriteHistory(RecordWriter writer, TaskHistory history)
    {
        WriteAttempts(writer, history);
        WriteWork(writer, history);
        writer.Bool(history.CancelRequested);
        writer.Optional(history.CancelReason);
        writer.Optional(history.CancelledBy);
        writer.Byte((byte)history.Waits);
        writer.Bool(history.Question is not null);
        if (history.Question is { } question) WriteQuestion(writer, question);
        RecordFields.Write(writer, history.FiredEdges);
        writer.List(history.Attempts, WriteAttempt);
        writer.Optional(history.VerifierId);
        writer.Bool(history.Verdict is not null);
        if (history.Verdict is { } verdict) WriteVerdict(writer, verdict);
        writer.Bool(history.Routing is not null);
        if (history.Routing is { } routing) WriteRouting(writer, routing);
    }

    private static void WriteAttempts(RecordWriter writer, TaskHistory history)
    {
        writer.Number(history.AttemptsUsed);
        writer.Number(history.AttemptsForgiven);
        writer.Bool(history.IsAttemptOpen);
        writer.Number(history.Requeues);
        writer.Number(history.Losses);
        writer.Number(history.WorkedMs);
        writer.Number(history.ReadyAgainUnixMs);
        writer.Number(history.BackoffMs);
        writer.Number(history.BackoffEndsUnixMs);
    }

    private static void WriteWork(RecordWriter writer, TaskHistory history)
    {
        RecordFields.Write(writer, history.Error);
        writer.Optional(Known(history.Progress));
        writer.Optional(history.Message);
        writer.Bytes(history.Checkpoint.Span);
        writer.Optional(Known(history.Confidence));
        RecordFields.Write(writer, history.Used);
        writer.Bool(history.Reported is not null);
        if (history.Reported is { } reported) RecordFields.Write(writer, reported);
        RecordFields.Write(writer, history.BudgetRaise);
        writer.Bool(history.IsBudgetWaived);
        writer.Bool(history.IsRerouted);
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static void WriteQuestion(RecordWriter writer, TaskQuestion question)
    {
        writer.Text(question.Text);
        writer.List(question.Choices, static (writer, choice) => writer.Text(choice));
        writer.Bytes(question.Answer.Span);
    }

    private static void WriteAttempt(RecordWriter writer, AttemptRecord attempt)
    {
        writer.Number(attempt.Attempt);
        writer.Text(attempt.AgentId);
        writer.Optional(attempt.InstanceId);
        writer.Number(attempt.StartedUnixMs);
        writer.Number(attempt.FinishedUnixMs);
        writer.Text(attempt.Outcome);
        RecordFields.Write(writer, attempt.Error);
    }

    private static TaskHistory ReadHistory(ref RecordReader reader) => new()
    {
        AttemptsUsed = reader.Int(),
        AttemptsForgiven = reader.Int(),
        IsAttemptOpen = reader.Bool(),
        Requeues = reader.Int(),
        Losses = reader.Int(),
        WorkedMs = reader.Number(),
        ReadyAgainUnixMs = reader.Number(),
        BackoffMs = reader.Number(),
        BackoffEndsUnixMs = reader.Number(),
        Error = RecordFields.ReadError(ref reader),
        Progress = reader.OptionalDouble() ?? double.NaN,
        Message = reader.OptionalText(),
        Checkpoint = reader.Bytes(),
        Confidence = reader.OptionalDouble() ?? double.NaN,
        Used = RecordFields.ReadUsage(ref reader),
        Reported = reader.Bool() ? RecordFields.ReadUsage(ref reader) : null,
        BudgetRaise = RecordFields.ReadUsage(ref reader),
        IsBudgetWaived = reader.Bool(),
        IsRerouted = reader.Bool(),
        CancelRequested = reader.Bool(),
        CancelReason = reader.OptionalText(),
        CancelledBy = reader.OptionalText(),
        Waits = (WaitReason)reader.Choice(last: (byte)WaitReason.Verdict),
        Question = reader.Bool() ? ReadQuestion(ref reader) : null,
        FiredEdges = RecordFields.ReadEdges(ref reader),
        Attempts = reader.List(ReadAttempt),
        VerifierId = reader.Version >= 4 ? reader.OptionalText() : null,
        Verdict = reader.Version >= 4 && reader.Bool() ? ReadVerdict(ref reader) : null,
        Routing = reader.Version >= 4 && reader.Bool() ? ReadRouting(ref reader) : null,
    };

    private static void WriteRouting(RecordWriter writer, TaskRouting routing)
    {
        writer.Text(routing.Route);
        writer.Text(routing.Candidate);
        writer.Text(routing.Reason);
        writer.List(routing.Tried, static (writer, tried) => writer.Text(tried));
        RecordFields.Write(writer, routing.Used);
    }

    private static TaskRouting ReadRouting(ref RecordReader reader)
        => new(reader.Name(), reader.Name(), reader.Text(), reader.List(static (ref reader) => reader.Name()), RecordFields.ReadUsage(ref reader));

    private static void WriteVerdict(RecordWriter writer, TaskVerdict verdict)
    {
        writer.Text(verdict.TaskId);
        writer.Bool(verdict.Pass);
        writer.Optional(verdict.Reason);
        writer.Optional(verdict.Score);
    }

    private static TaskVerdict ReadVerdict(ref RecordReader reader) => new(reader.Text(), reader.Bool(), reader.OptionalText(), reader.OptionalDouble());

    private static TaskQuestion ReadQuestion(ref RecordReader reader)
        => new(reader.Text(), reader.List(static (ref reader) => reader.Text()), reader.Bytes());

    private static AttemptRecord ReadAttempt(ref RecordReader reader) => new(
        reader.Int(), reader.Name(), reader.OptionalText(), reader.Number(), reader.Number(), reader.Name(), RecordFields.ReadError(ref reader));
}
