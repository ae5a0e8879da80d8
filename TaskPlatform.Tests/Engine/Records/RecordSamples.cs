using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Records;

/// <summary>A kind of record: how to make one, write it, and read it again.</summary>
/// <param name="Name">What it is called here and in the names of golden files.</param>
/// <param name="Key">What it is stored under.</param>
/// <param name="Content">What stands in it, as JSON for people.</param>
/// <param name="Write">Writes the sample.</param>
/// <param name="Read">Reads any record of the kind; gives its content.</param>
public sealed record RecordSample(string Name, string Key, object Content, Func<ReadOnlyMemory<byte>> Write, Func<string, ReadOnlyMemory<byte>, object> Read)
{
    public override string ToString() => Name;
}

/// <summary>One record of each kind with everything in it, and one with as little as there can be.</summary>
public static class RecordSamples
{
    public static IEnumerable<RecordSample> All { get; } =
    [
        State("state-full", FullTask()),
        State("state-least", new TaskItem { Id = "t", Type = "x", Order = 1, CreatedUnixMs = 0, Priority = TaskPriority.Medium }),
        Body("body-full", FullBody()),
        Body("body-least", new TaskBody()),
        new("result", "t-1", Text("{\"answer\":42}"), () => TaskRecords.WriteResult("t-1", Text("{\"answer\":42}")), (id, bytes) => TaskRecords.ReadResult(id, bytes.Span)),
        Agent("agent", FullAgent()),
        Graph("graph", new GraphItem { Id = "g-1", CreatedUnixMs = 1_700_000_000_000, Size = 3, CancelRequested = true, CancelReason = "too late" }),
        Entry("key", new IdempotencyEntry("order 17", 0x0123_4567_89AB_CDEF, "t-1", 1_700_000_086_400)),
        Entry("key-least", new IdempotencyEntry("k", 0, null, 0)),
        Settings("settings", new QueueSettings { AgeingMs = 60_000, Paused = true, PausedTypes = ["analysis", "coding"] }),
    ];

    public static RecordSample Named(string name) => All.First(sample => sample.Name == name);

    /// <summary>The content for people and for comparing: every public property.</summary>
    public static JsonElement Describe(object content) => JsonSerializer.SerializeToElement(content, content.GetType());

    public static RecordSample State(string name, TaskItem task)
        => new(name, task.Id, task, () => TaskRecords.WriteState(task), (id, bytes) => TaskRecords.ReadState(id, bytes.Span));

    public static RecordSample Body(string name, TaskBody body)
        => new(name, "t-1", body, () => TaskRecords.WriteBody("t-1", body), (id, bytes) => TaskRecords.ReadBody(id, bytes.Span));

    public static RecordSample Agent(string name, AgentItem agent)
        => new(name, agent.Id, agent, () => QueueRecords.Write(agent), (id, bytes) => QueueRecords.ReadAgent(id, bytes.Span));

    public static RecordSample Graph(string name, GraphItem graph)
        => new(name, graph.Id, graph, () => QueueRecords.Write(graph), (id, bytes) => QueueRecords.ReadGraph(id, bytes.Span));

    public static RecordSample Entry(string name, IdempotencyEntry entry)
        => new(name, entry.Key, entry, () => QueueRecords.Write(entry), (key, bytes) => QueueRecords.ReadKey(key, bytes.Span));

    public static RecordSample Settings(string name, QueueSettings settings)
        => new(name, QueueRecords.SettingsKey, settings, () => QueueRecords.Write(settings), (_, bytes) => QueueRecords.ReadSettings(bytes.Span));

    private static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);

    private static TaskItem FullTask() => new()
    {
        Id = "t-1",
        Type = "coding",
        Order = 17,
        CreatedUnixMs = 1_700_000_000_000,
        Fingerprint = 0x0F0E_0D0C_0B0A_0908,
        GraphId = "g-1",
        DependsOn = [new("t-0"), new("t-x", EdgeKind.Finish), new("t-y", EdgeKind.Failure)],
        DeadlineUnixMs = 1_700_000_900_000,
        Priority = TaskPriority.High,
        Labels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("team", "blue").Add("zone", "é"),
        NotBeforeUnixMs = 1_699_999_999_999,
        State = TaskState.InProgress,
        AttemptsUsed = 2,
        Requeues = 1,
        Losses = 1,
        AssignedAgent = "coder",
        StartedUnixMs = 1_700_000_001_000,
        FinishedUnixMs = 1_700_000_002_000,
        BackoffMs = 500,
        BackoffEndsUnixMs = 1_700_000_000_500,
        Error = new("oops", "It did not work.", Retryable: true),
        ResultBytes = 13,
        Progress = 0.25,
        Message = "a quarter",
        Checkpoint = Text("{\"page\":3}"),
        Confidence = 0.75,
        UsedTokens = 1_234,
        UsedCost = 0.5,
        GrantUsage = new(56, 0.125),
        CancelRequested = true,
        CancelReason = "no more",
        CancelledBy = "t-0",
        Lease = new() { Token = 0x1111_2222_3333_4444, AgentId = "coder", InstanceId = "2", ClaimId = "c-9", DurationMs = 30_000, Regrants = 2 },
        Attempts =
        [
            new(1, "coder", "1", 1_700_000_000_100, 1_700_000_000_200, "failed", new("oops", "It did not work.", Retryable: true)),
            new(2, "analyst", null, 1_700_000_000_300, 1_700_000_000_400, "released", null),
        ],
        Settled = [new(0xAAAA, SettleVerb.Fail), new(0xBBBB, SettleVerb.Release), new(0xCCCC, SettleVerb.Complete)],
    };

    private static TaskBody FullBody() => new()
    {
        Description = "Fix what the analysis found.",
        Payload = Text("{\"path\":\"a.cs\"}"),
        Capabilities = ["dotnet", "git"],
        MaxAttempts = 7,
        Backoff = new(Exponential: false, InitialMs: 2_000, MaxMs: 60_000),
        LeaseMs = 45_000,
        AttemptTimeoutMs = 600_000,
        StallMs = 120_000,
        Traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    };

    private static AgentItem FullAgent() => new()
    {
        Id = "coder",
        IsRegistered = true,
        Capabilities = ["coding", "general"],
        MaxConcurrency = 2,
        IsDraining = true,
        SuccessRate = 0.9,
        MeanSeconds = 12.5,
        TotalTasks = 41,
    };
}
