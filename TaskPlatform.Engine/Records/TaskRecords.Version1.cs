namespace TaskPlatform.Engine;

/// <summary>What a state record of version 1 has behind the task's identity.</summary>
public static partial class TaskRecords
{
    private static void ReadProgressOfVersion1(ref RecordReader reader, TaskItem task)
    {
        task.State = ReadTaskState(ref reader);
        var history = new TaskHistory { AttemptsUsed = reader.Int(), Requeues = reader.Int(), Losses = reader.Int() };
        task.AssignedAgent = reader.OptionalName();
        task.StartedUnixMs = reader.OptionalNumber();
        task.FinishedUnixMs = reader.OptionalNumber();
        history.BackoffMs = reader.Number();
        history.BackoffEndsUnixMs = reader.Number();
        history.Error = RecordFields.ReadError(ref reader);
        task.ResultBytes = reader.Int();
        ReadWorkOfVersion1(ref reader, history);
        if (reader.Bool()) task.Lease = ReadLeaseOfVersion1(ref reader, task.StartedUnixMs ?? 0);
        history.Attempts = reader.List(ReadAttempt);
        task.Settled = reader.List(static (ref reader) => new SettledGrant(reader.Bits(), (SettleVerb)reader.Choice(first: 1, last: 3)));

        // "Nothing was reported" was written as nothing used.
        if (task.Lease is null && history.Reported == default(Usage)) history.Reported = null;
        if (HasAnything(history)) task.History = history;
    }

    private static void ReadWorkOfVersion1(ref RecordReader reader, TaskHistory history)
    {
        history.Progress = reader.OptionalDouble() ?? double.NaN;
        history.Message = reader.OptionalText();
        history.Checkpoint = reader.Bytes();
        history.Confidence = reader.OptionalDouble() ?? double.NaN;
        history.Used = new Usage(reader.Number(), reader.Double());
        history.Reported = new Usage(reader.Number(), reader.Double());
        history.CancelRequested = reader.Bool();
        history.CancelReason = reader.OptionalText();
        history.CancelledBy = reader.OptionalText();
    }

    private static Lease ReadLeaseOfVersion1(ref RecordReader reader, long grantedUnixMs) => new()
    {
        Token = reader.Bits(),
        AgentId = reader.Name(),
        InstanceId = reader.OptionalText(),
        ClaimId = reader.OptionalText(),
        DurationMs = reader.Number(),
        Regrants = reader.Int(),
        GrantedUnixMs = grantedUnixMs,
    };

    private static bool HasAnything(TaskHistory history)
        => history.AttemptsUsed + history.Requeues + history.Losses != 0
        || history.BackoffMs != 0 || history.BackoffEndsUnixMs != 0 || history.Error is not null || !history.Attempts.IsEmpty
        || !double.IsNaN(history.Progress) || history.Message is not null || !history.Checkpoint.IsEmpty || !double.IsNaN(history.Confidence)
        || history.Used != default || history.Reported is not null
        || history.CancelRequested || history.CancelReason is not null || history.CancelledBy is not null;
}
