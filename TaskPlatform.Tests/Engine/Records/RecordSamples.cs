using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
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
public static partial class RecordSamples
{
    // "Not a number" says "nothing was said"; what stands in tuples is compared as well.
    private static readonly JsonSerializerOptions ForPeople = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, IncludeFields = true };

    public static IEnumerable<RecordSample> All { get; } =
    [
        State("state-full", FullTask()),
        State("state-waiting", WaitingTask()),
        State("state-least", new TaskItem { Id = "t", Type = "x", Order = 1, CreatedUnixMs = 0, Priority = TaskPriority.Medium }),
        State("state-judged", JudgedTask()),
        State("state-verifier", VerifierTask()),
        Body("body-full", FullBody()),
        Body("body-least", new TaskBody()),
        Body("body-verified", new TaskBody { Policy = new() { Verifier = "check" } }),
        new("result", "t-1", Text("{\"answer\":42}"), () => TaskRecords.WriteResult("t-1", Text("{\"answer\":42}")).ToArray(), (id, bytes) => TaskRecords.ReadResult(id, bytes)),
        Settings("settings", FullSettings()),
        Settings("settings-least", new QueueSettings()),
        Settings("settings-matching", MatchingSettings()),
        Record("agent", FullAgent()),
        Record("agent-least", new AgentItem { Id = "a" }),
        Record("agent-types", SkilledAgent()),
        Record("graph", FullGraph()),
        Record("graph-least", new GraphItem { Id = "g", CreatedUnixMs = 0, Size = 1 }),
        Record("key", new IdempotencyEntry("order 17", 0x0123_4567_89AB_CDEF, "t-1", 1_700_000_086_400)),
        Record("key-least", new IdempotencyEntry("k", 0, null, 0)),
        Record("schedule", FullSchedule()),
        Record("schedule-least", new ScheduleItem("s", new ScheduleSpec("* * * * *", "UTC", Overlap.Skip, new TaskSubmission { Id = "s", Type = "x", Body = new TaskBody() }))),
        Record("operation", FullOperation()),
        Record("operation-least", new OperationItem("o", BulkAction.Cancel, TaskFilter.Any, IsDryRun: false)),
        Record("unique", new UniqueEntry("report of May", "t-1", 1_700_000_086_400)),
        Record("tombstone", new Tombstone("t-1", 1_700_000_086_400)),
        Record("rate", new RateEntry("openai", [(1_700_000_000_000, 3), (1_700_000_000_250, 1)])),
        Record("rate-least", new RateEntry("r", [])),
        Record("budget", new BudgetEntry("team blue", new Usage(12_345, 6.25), 1_700_000_000_000)),
        Record("budget-least", new BudgetEntry("b", default, 0)),
        Record("route", FullRoute()),
        Record("route-least", new RouteItem { Name = "r", Spec = new RouteSpec { Candidates = [new RouteCandidate("c")] } }),
        Record("step", FullStep()),
        Record("step-least", new AnalyticsStep { StartUnixMs = 0 }),
    ];

    public static RecordSample Named(string name) => All.First(sample => sample.Name == name);

    /// <summary>The content for people and for comparing: every public property.</summary>
    public static JsonElement Describe(object content) => JsonSerializer.SerializeToElement(content, content.GetType(), ForPeople);

    public static RecordSample State(string name, TaskItem task)
        => new(name, task.Id, task, () => TaskRecords.WriteState(task).ToArray(), (id, bytes) => TaskRecords.ReadState(id, bytes));

    public static RecordSample Body(string name, TaskBody body)
        => new(name, "t-1", body, () => TaskRecords.WriteBody("t-1", body).ToArray(), (id, bytes) => TaskRecords.ReadBody(id, bytes));

    public static RecordSample Settings(string name, QueueSettings settings)
        => new(name, QueueRecords.SettingsKey, settings, () => QueueRecords.Write(settings).ToArray(), (_, bytes) => QueueRecords.ReadSettings(bytes));

    public static RecordSample Record(string name, IQueueRecord record)
        => new(name, record.Key, record, () => QueueRecords.Write(record).ToArray(), (key, bytes) => QueueRecords.Read(record.Kind, key, bytes));

    private static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);
}
