namespace TaskPlatform.Engine;

/// <summary>A task's three records: its state, its body, its result.</summary>
public static partial class TaskRecords
{
    /// <summary>The state record, stored under the task's id.</summary>
    /// <returns>The bytes, until this thread writes another record.</returns>
    public static ReadOnlySpan<byte> WriteState(TaskItem task)
    {
        var writer = RecordWriter.Begin(RecordKind.State);
        WriteIdentity(writer, task);
        writer.Byte((byte)task.State);
        writer.Optional(task.AssignedAgent);
        writer.Optional(task.StartedUnixMs);
        writer.Optional(task.FinishedUnixMs);
        writer.Number(task.ResultBytes);
        writer.Bool(task.Lease is not null);
        if (task.Lease is { } lease) WriteLease(writer, lease);
        writer.List(task.Settled, static (writer, grant) =>
        {
            writer.Bits(grant.Token);
            writer.Byte((byte)grant.Verb);
        });
        writer.Bool(task.History is not null);
        if (task.History is { } history) WriteHistory(writer, history);
        return writer.Seal(task.Id);
    }

    private static void WriteIdentity(RecordWriter writer, TaskItem task)
    {
        writer.Text(task.Type);
        writer.Number(task.Order);
        writer.Number(task.CreatedUnixMs);
        writer.Bits(task.Fingerprint);
        writer.Optional(task.GraphId);
        writer.Optional(task.ParentId);
        RecordFields.Write(writer, task.DependsOn);
        writer.Optional(task.DeadlineUnixMs);
        writer.Byte((byte)task.Priority);
        RecordFields.Write(writer, task.Labels);
        writer.Optional(task.NotBeforeUnixMs);
        writer.Bool(task.IsVerifier);
    }

    private static void WriteLease(RecordWriter writer, Lease lease)
    {
        writer.Bits(lease.Token);
        writer.Text(lease.AgentId);
        writer.Optional(lease.InstanceId);
        writer.Optional(lease.ClaimId);
        writer.Number(lease.DurationMs);
        writer.Number(lease.GrantedUnixMs);
        writer.Number(lease.Regrants);
        RecordFields.Write(writer, lease.Reserved);
    }

    /// <summary>Reads a state record; the body and the result come separately.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static TaskItem ReadState(string id, ReadOnlyMemory<byte> record)
    {
        var reader = new RecordReader(id, RecordKind.State, record);
        var task = ReadIdentity(ref reader, id);
        if (reader.Version == 1) ReadProgressOfVersion1(ref reader, task);
        else ReadProgress(ref reader, task);
        reader.End();
        RefuseContradictions(task);
        return task;
    }

    private static TaskItem ReadIdentity(ref RecordReader reader, string id) => new()
    {
        Id = id,
        Type = reader.Name(),
        Order = reader.Number(),
        CreatedUnixMs = reader.Number(),
        Fingerprint = reader.Bits(),
        GraphId = reader.OptionalName(),
        ParentId = reader.Version == 1 ? null : reader.OptionalName(),
        DependsOn = RecordFields.ReadEdges(ref reader),
        DeadlineUnixMs = reader.OptionalNumber(),
        Priority = (TaskPriority)reader.Choice(first: 1, last: 4),
        Labels = RecordFields.ReadLabels(ref reader),
        NotBeforeUnixMs = reader.OptionalNumber(),
        IsVerifier = reader.Version >= 4 && reader.Bool(),
    };

    private static void ReadProgress(ref RecordReader reader, TaskItem task)
    {
        task.State = ReadTaskState(ref reader);
        task.AssignedAgent = reader.OptionalName();
        task.StartedUnixMs = reader.OptionalNumber();
        task.FinishedUnixMs = reader.OptionalNumber();
        task.ResultBytes = reader.Int();
        if (reader.Bool()) task.Lease = ReadLease(ref reader);
        task.Settled = reader.List(static (ref reader) => new SettledGrant(reader.Bits(), (SettleVerb)reader.Choice(first: 1, last: 5)));
        if (reader.Bool()) task.History = ReadHistory(ref reader);
    }

    private static TaskState ReadTaskState(ref RecordReader reader) => (TaskState)reader.Choice(last: TaskStates.Count - 1);

    private static Lease ReadLease(ref RecordReader reader) => new()
    {
        Token = reader.Bits(),
        AgentId = reader.Name(),
        InstanceId = reader.OptionalText(),
        ClaimId = reader.OptionalText(),
        DurationMs = reader.Number(),
        GrantedUnixMs = reader.Number(),
        Regrants = reader.Int(),
        Reserved = RecordFields.ReadUsage(ref reader),
    };

    private static void RefuseContradictions(TaskItem task)
    {
        if (task.Lease is null == task.State.IsLeased()) throw new RecordException(task.Id, $"is {Words.Of(task.State)}, which its lease contradicts");
        var waits = task.History?.Waits ?? WaitReason.None;
        if (waits == WaitReason.None == (task.State == TaskState.Waiting))
            throw new RecordException(task.Id, $"is {Words.Of(task.State)}, which what it waits for contradicts");
        if (waits == WaitReason.Verdict == (task.History?.VerifierId is null))
            throw new RecordException(task.Id, "waits for a verdict, which its verifier contradicts");
    }

    /// <summary>The result's record.</summary>
    /// <returns>The bytes, until this thread writes another record.</returns>
    public static ReadOnlySpan<byte> WriteResult(string id, ReadOnlyMemory<byte> result)
    {
        var writer = RecordWriter.Begin(RecordKind.Result);
        writer.Bytes(result.Span);
        return writer.Seal(id);
    }

    /// <summary>Reads a result's record.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static ReadOnlyMemory<byte> ReadResult(string id, ReadOnlyMemory<byte> record)
    {
        var reader = new RecordReader(id, RecordKind.Result, record);
        var result = reader.Bytes();
        reader.End();
        return result;
    }
}
