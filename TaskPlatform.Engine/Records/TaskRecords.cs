using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>A task's three records: its state, its body, its result.</summary>
public static class TaskRecords
{
    /// <summary>The state record, stored under the task's id.</summary>
    public static ReadOnlyMemory<byte> WriteState(TaskItem task)
    {
        var writer = new RecordWriter(RecordKind.State);
        WriteIdentity(writer, task);
        WriteProgress(writer, task);
        writer.Bool(task.Lease is not null);
        if (task.Lease is { } lease) WriteLease(writer, lease);
        writer.List(task.Attempts, WriteAttempt);
        writer.List(task.Settled, static (writer, grant) =>
        {
            writer.Bits(grant.Token);
            writer.Byte((byte)grant.Verb);
        });
        return writer.Seal(task.Id);
    }

    private static void WriteIdentity(RecordWriter writer, TaskItem task)
    {
        writer.Text(task.Type);
        writer.Number(task.Order);
        writer.Number(task.CreatedUnixMs);
        writer.Bits(task.Fingerprint);
        writer.Optional(task.GraphId);
        writer.List(task.DependsOn, static (writer, edge) =>
        {
            writer.Text(edge.Id);
            writer.Byte((byte)edge.On);
        });
        writer.Optional(task.DeadlineUnixMs);
        writer.Byte((byte)task.Priority);
        writer.List(task.Labels, static (writer, label) =>
        {
            writer.Text(label.Key);
            writer.Text(label.Value);
        });
        writer.Optional(task.NotBeforeUnixMs);
    }

    private static void WriteProgress(RecordWriter writer, TaskItem task)
    {
        writer.Byte((byte)task.State);
        writer.Number(task.AttemptsUsed);
        writer.Number(task.Requeues);
        writer.Number(task.Losses);
        writer.Optional(task.AssignedAgent);
        writer.Optional(task.StartedUnixMs);
        writer.Optional(task.FinishedUnixMs);
        writer.Number(task.BackoffMs);
        writer.Number(task.BackoffEndsUnixMs);
        WriteError(writer, task.Error);
        writer.Number(task.ResultBytes);
        writer.Optional(task.Progress);
        writer.Optional(task.Message);
        writer.Bytes(task.Checkpoint.Span);
        writer.Optional(task.Confidence);
        writer.Number(task.UsedTokens);
        writer.Double(task.UsedCost);
        writer.Number(task.GrantUsage.Tokens);
        writer.Double(task.GrantUsage.Cost);
        writer.Bool(task.CancelRequested);
        writer.Optional(task.CancelReason);
        writer.Optional(task.CancelledBy);
    }

    private static void WriteLease(RecordWriter writer, Lease lease)
    {
        writer.Bits(lease.Token);
        writer.Text(lease.AgentId);
        writer.Optional(lease.InstanceId);
        writer.Optional(lease.ClaimId);
        writer.Number(lease.DurationMs);
        writer.Number(lease.Regrants);
    }

    private static void WriteAttempt(RecordWriter writer, AttemptRecord attempt)
    {
        writer.Number(attempt.Attempt);
        writer.Text(attempt.AgentId);
        writer.Optional(attempt.InstanceId);
        writer.Number(attempt.StartedUnixMs);
        writer.Number(attempt.FinishedUnixMs);
        writer.Text(attempt.Outcome);
        WriteError(writer, attempt.Error);
    }

    private static void WriteError(RecordWriter writer, TaskError? error)
    {
        writer.Bool(error is not null);
        if (error is null) return;
        writer.Text(error.Type);
        writer.Text(error.Message);
        writer.Bool(error.Retryable);
    }

    /// <summary>Reads a state record; the body and the result come separately.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static TaskItem ReadState(string id, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(id, RecordKind.State, record);
        var task = ReadIdentity(ref reader, id);
        ReadProgress(ref reader, task);
        if (reader.Bool()) task.Lease = ReadLease(ref reader);
        task.Attempts = reader.List(ReadAttempt);
        task.Settled = reader.List(static (ref reader) => new SettledGrant(reader.Bits(), (SettleVerb)reader.Choice(first: 1, last: 3)));
        reader.End();
        if (task.Lease is null == task.State.IsLeased()) throw new RecordException(id, $"is {Words.Of(task.State)}, which its lease contradicts");
        return task;
    }

    private static TaskItem ReadIdentity(ref RecordReader reader, string id) => new()
    {
        Id = id,
        Type = SharedNames.Of(reader.Text()),
        Order = reader.Number(),
        CreatedUnixMs = reader.Number(),
        Fingerprint = reader.Bits(),
        GraphId = reader.OptionalText(),
        DependsOn = reader.List(static (ref reader) => new DependencyEdge(reader.Text(), (EdgeKind)reader.Choice(last: 2))),
        DeadlineUnixMs = reader.OptionalNumber(),
        Priority = (TaskPriority)reader.Choice(first: 1, last: 4),
        Labels = ReadLabels(ref reader),
        NotBeforeUnixMs = reader.OptionalNumber(),
    };

    private static ImmutableSortedDictionary<string, string> ReadLabels(ref RecordReader reader)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in reader.List(static (ref reader) => KeyValuePair.Create(reader.Text(), reader.Text()))) labels[name] = value;
        return labels.ToImmutable();
    }

    private static void ReadProgress(ref RecordReader reader, TaskItem task)
    {
        task.State = (TaskState)reader.Choice(last: TaskStates.Count - 1);
        task.AttemptsUsed = reader.Int();
        task.Requeues = reader.Int();
        task.Losses = reader.Int();
        task.AssignedAgent = reader.OptionalText();
        task.StartedUnixMs = reader.OptionalNumber();
        task.FinishedUnixMs = reader.OptionalNumber();
        task.BackoffMs = reader.Number();
        task.BackoffEndsUnixMs = reader.Number();
        task.Error = ReadError(ref reader);
        task.ResultBytes = reader.Int();
        task.Progress = reader.OptionalDouble();
        task.Message = reader.OptionalText();
        task.Checkpoint = reader.Bytes();
        task.Confidence = reader.OptionalDouble();
        task.UsedTokens = reader.Number();
        task.UsedCost = reader.Double();
        task.GrantUsage = new Usage(reader.Number(), reader.Double());
        task.CancelRequested = reader.Bool();
        task.CancelReason = reader.OptionalText();
        task.CancelledBy = reader.OptionalText();
    }

    private static Lease ReadLease(ref RecordReader reader) => new()
    {
        Token = reader.Bits(),
        AgentId = reader.Text(),
        InstanceId = reader.OptionalText(),
        ClaimId = reader.OptionalText(),
        DurationMs = reader.Number(),
        Regrants = reader.Int(),
    };

    private static AttemptRecord ReadAttempt(ref RecordReader reader) => new(
        reader.Int(), reader.Text(), reader.OptionalText(), reader.Number(), reader.Number(), reader.Text(), ReadError(ref reader));

    private static TaskError? ReadError(ref RecordReader reader)
        => reader.Bool() ? new TaskError(reader.Text(), reader.Text(), reader.Bool()) : null;

    /// <summary>The body's record.</summary>
    public static ReadOnlyMemory<byte> WriteBody(string id, TaskBody body)
    {
        var writer = new RecordWriter(RecordKind.Body);
        writer.Optional(body.Description);
        writer.Bytes(body.Payload.Span);
        writer.List(body.Capabilities, static (writer, capability) => writer.Text(capability));
        writer.Number(body.MaxAttempts);
        writer.Bool(body.Backoff.Exponential);
        writer.Number(body.Backoff.InitialMs);
        writer.Number(body.Backoff.MaxMs);
        writer.Number(body.LeaseMs);
        writer.Number(body.AttemptTimeoutMs);
        writer.Optional(body.StallMs);
        writer.Optional(body.Traceparent);
        return writer.Seal(id);
    }

    /// <summary>Reads a body's record.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static TaskBody ReadBody(string id, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(id, RecordKind.Body, record);
        var body = new TaskBody
        {
            Description = reader.OptionalText(),
            Payload = reader.Bytes(),
            Capabilities = reader.List(static (ref reader) => reader.Text()),
            MaxAttempts = reader.Int(),
            Backoff = new BackoffPolicy(reader.Bool(), reader.Number(), reader.Number()),
            LeaseMs = reader.Number(),
            AttemptTimeoutMs = reader.Number(),
            StallMs = reader.OptionalNumber(),
            Traceparent = reader.OptionalText(),
        };
        reader.End();
        return body;
    }

    /// <summary>The result's record.</summary>
    public static ReadOnlyMemory<byte> WriteResult(string id, ReadOnlyMemory<byte> result)
    {
        var writer = new RecordWriter(RecordKind.Result);
        writer.Bytes(result.Span);
        return writer.Seal(id);
    }

    /// <summary>Reads a result's record.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static ReadOnlyMemory<byte> ReadResult(string id, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(id, RecordKind.Result, record);
        var result = reader.Bytes();
        reader.End();
        return result;
    }
}
