namespace TaskPlatform.Engine;

/// <summary>What a task was submitted with: a record of its own, and a part of a schedule's.</summary>
public static partial class TaskRecords
{
    /// <summary>The body's record.</summary>
    /// <returns>The bytes, until this thread writes another record.</returns>
    public static ReadOnlySpan<byte> WriteBody(string id, TaskBody body)
    {
        var writer = RecordWriter.Begin(RecordKind.Body);
        WriteBody(writer, body);
        return writer.Seal(id);
    }

    /// <summary>Reads a body's record.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static TaskBody ReadBody(string id, ReadOnlyMemory<byte> record)
    {
        var reader = new RecordReader(id, RecordKind.Body, record);
        var body = ReadBody(ref reader);
        reader.End();
        return body;
    }

    internal static void WriteBody(RecordWriter writer, TaskBody body)
    {
        writer.Optional(body.Description);
        writer.Bytes(body.Payload.Span);
        writer.List(body.Capabilities, static (writer, capability) => writer.Text(capability));
        writer.Bool(body.Policy != TaskPolicy.Default);
        if (body.Policy != TaskPolicy.Default) WritePolicy(writer, body.Policy);
        writer.Bool(body.Flow != TaskFlow.None);
        if (body.Flow != TaskFlow.None) WriteFlow(writer, body.Flow);
        writer.Bool(body.Unique is not null);
        if (body.Unique is { } unique) WriteUnique(writer, unique);
        writer.Optional(body.Traceparent);
    }

    internal static TaskBody ReadBody(ref RecordReader reader) => new()
    {
        Description = reader.OptionalText(),
        Payload = reader.Bytes(),
        Capabilities = reader.List(static (ref reader) => reader.Name()),
        Policy = reader.Version == 1 || reader.Bool() ? ReadPolicy(ref reader) : TaskPolicy.Default,
        Flow = reader.Version != 1 && reader.Bool() ? ReadFlow(ref reader) : TaskFlow.None,
        Unique = reader.Version != 1 && reader.Bool() ? new UniqueKey(reader.Text(), reader.OptionalNumber()) : null,
        Traceparent = reader.OptionalText(),
    };

    private static void WritePolicy(RecordWriter writer, TaskPolicy policy)
    {
        writer.Number(policy.MaxAttempts);
        writer.Bool(policy.Backoff.Exponential);
        writer.Number(policy.Backoff.InitialMs);
        writer.Number(policy.Backoff.MaxMs);
        writer.Number(policy.LeaseMs);
        writer.Number(policy.AttemptTimeoutMs);
        writer.Optional(policy.StallMs);
        writer.Bool(policy.FailsWithChild);
        writer.Optional(policy.Verifier);
    }

    private static TaskPolicy ReadPolicy(ref RecordReader reader)
    {
        var policy = new TaskPolicy
        {
            MaxAttempts = reader.Int(),
            Backoff = new BackoffPolicy(reader.Bool(), reader.Number(), reader.Number()),
            LeaseMs = reader.Number(),
            AttemptTimeoutMs = reader.Number(),
            StallMs = reader.OptionalNumber(),
            FailsWithChild = reader.Version != 1 && reader.Bool(),
            Verifier = reader.Version >= 4 ? reader.OptionalName() : null,
        };
        return policy == TaskPolicy.Default ? TaskPolicy.Default : Shared<TaskPolicy>.Of(policy);
    }

    private static void WriteFlow(RecordWriter writer, TaskFlow flow)
    {
        writer.Optional(flow.ConcurrencyKey);
        writer.Optional(flow.RateLimitKey);
        writer.Optional(flow.FairnessKey);
        writer.Number(flow.Weight);
        writer.Optional(flow.BudgetKey);
        RecordFields.Write(writer, flow.Budget);
        writer.Optional(flow.Route);
    }

    private static TaskFlow ReadFlow(ref RecordReader reader)
    {
        var flow = new TaskFlow
        {
            ConcurrencyKey = reader.OptionalName(),
            RateLimitKey = reader.OptionalName(),
            FairnessKey = reader.OptionalName(),
            Weight = reader.Int(),
            BudgetKey = reader.OptionalName(),
            Budget = RecordFields.ReadBudget(ref reader),
            Route = reader.OptionalName(),
        };
        return flow == TaskFlow.None ? TaskFlow.None : Shared<TaskFlow>.Of(flow);
    }

    private static void WriteUnique(RecordWriter writer, UniqueKey unique)
    {
        writer.Text(unique.Key);
        writer.Optional(unique.ForMs);
    }
}
