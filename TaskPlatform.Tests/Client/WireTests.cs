using System.Text.Json;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Tests.Client;

public sealed class WireTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public void Write_SubmittedTask_IsTheContractsJson()
    {
        var task = new SubmitTask
        {
            Id = "report",
            Type = "reasoning",
            Payload = RawJson.Parse("""{"n":12345678901234567890123456789012345678901234567890.10,"e":"\u00e9"}"""),
            Priority = TaskPriority.Critical,
            DependsOn = ["a", new Dependency("b", DependencyTrigger.Finish)],
            NotBefore = Noon.ToOffset(TimeSpan.FromHours(2)),
            Backoff = new BackoffSpec { Kind = BackoffKind.Constant, InitialSeconds = 0.5 },
            Labels = new Dictionary<string, string> { ["Team"] = "core" },
        };

        Assert.Equal(
            """
            {"id":"report","type":"reasoning","payload":{"n":12345678901234567890123456789012345678901234567890.10,"e":"\u00e9"},
            "priority":"critical","dependsOn":["a",{"id":"b","on":"finish"}],"notBefore":"2026-01-31T12:00:00.25Z",
            "backoff":{"kind":"constant","initialSeconds":0.5},"labels":{"Team":"core"}}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(task, WireJson.Default.SubmitTask));
    }

    [Theory]
    [InlineData("pending", TaskState.Pending)]
    [InlineData("assigned", TaskState.Assigned)]
    [InlineData("in_progress", TaskState.InProgress)]
    [InlineData("completed", TaskState.Completed)]
    [InlineData("failed", TaskState.Failed)]
    [InlineData("cancelled", TaskState.Cancelled)]
    [InlineData("scheduled", TaskState.Scheduled)]
    [InlineData("blocked", TaskState.Blocked)]
    [InlineData("waiting", TaskState.Waiting)]
    public void Write_State_IsTheContractsWord(string word, TaskState state)
    {
        var json = $$"""{"id":"a","state":"{{word}}"}""";

        Assert.Equal(json, JsonSerializer.Serialize(new TaskStub { Id = "a", State = state }, WireJson.Default.TaskStub));
        Assert.Equal(state, JsonSerializer.Deserialize(json, WireJson.Default.TaskStub)!.State);
    }

    [Fact]
    public void Write_Patch_TellsATimeTakenAwayFromOneLeftAlone()
    {
        Assert.Equal("{}", JsonSerializer.Serialize(new PatchTask(), WireJson.Default.PatchTask));
        Assert.Equal("""{"notBefore":null}""", JsonSerializer.Serialize(new PatchTask { NotBefore = NewTime.None }, WireJson.Default.PatchTask));
        Assert.Equal(
            """{"notBefore":"2026-01-31T12:00:00.25Z"}""", JsonSerializer.Serialize(new PatchTask { NotBefore = (NewTime)Noon }, WireJson.Default.PatchTask));
    }

    [Theory]
    [InlineData("no-agent", WhyReason.NoAgent)]
    [InlineData("concurrency", WhyReason.Concurrency)]
    public void Read_Reason_IsTheContractsWord(string word, WhyReason reason)
    {
        var json = $$"""{"state":"pending","reason":"{{word}}","text":"","waitingFor":[],"agents":[]}""";

        var why = JsonSerializer.Deserialize(json, WireJson.Default.WhyInfo)!;

        Assert.Equal(reason, why.Reason);
        Assert.Equal(json, JsonSerializer.Serialize(why, WireJson.Default.WhyInfo));
    }

    [Fact]
    public void Read_ClaimAnswer_GivesEveryFieldAndWritesTheSameBytes()
    {
        var json =
            """
            {"tasks":[{"id":"t1","queue":"reviews","graphId":"g1","type":"coding","state":"in_progress","payload":[1.0,2e400],"priority":"low",
            "dependsOn":["t0"],"maxAttempts":4,"attempt":2,"assignedAgent":"coder","createdAt":"2026-01-31T12:00:00Z","startedAt":"2026-01-31T12:00:01.5Z",
            "error":{"type":"TimeoutException","message":"late","retryable":true},"progress":0.5,"message":"half","checkpoint":{"at":7},"inputs":{"t0":null,"t9":{"a":1}},
            "attempts":[{"attempt":1,"agentId":"coder","instanceId":"i1","startedAt":"2026-01-31T12:00:00Z","finishedAt":"2026-01-31T12:00:01Z","outcome":"failed","error":{"type":"X"}}],
            "cancelRequested":false,"waitingFor":["k"],"cancelledBy":"t8","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "lease":{"token":"L1","expiresAt":"2026-01-31T12:00:31Z","expiresInSeconds":30}}]}
            """.ReplaceLineEndings("");

        var reply = JsonSerializer.Deserialize(json, WireJson.Default.ClaimReply)!;

        Assert.True(reply.Tasks[0].Inputs!["t0"].IsNull);
        Assert.Equal("L1", reply.Tasks[0].Lease!.Token);
        Assert.Equal(json, JsonSerializer.Serialize(reply, WireJson.Default.ClaimReply));
    }

    [Fact]
    public void Read_UnknownField_IsOverlookedInAnswersAndRefusedByNameInRequests()
    {
        const string json = """{"type":"coding","prioritty":"high"}""";

        Assert.Equal("coding", JsonSerializer.Deserialize(json, WireJson.Default.SubmitTask)!.Type);
        var refusal = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, WireJson.Strict.SubmitTask));
        Assert.Contains("prioritty", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"a","extra":1}""")]
    [InlineData("""{"on":"finish"}""")]
    [InlineData("""{"id":"a","on":"later"}""")]
    [InlineData("""{"id":7}""")]
    [InlineData("7")]
    public void Read_BadDependency_IsRefused(string dependency) =>
        Assert.Throws<JsonException>(() =>
            JsonSerializer.Deserialize($$"""{"type":"x","dependsOn":[{{dependency}}]}""", WireJson.Strict.SubmitTask));

    [Theory]
    [InlineData("\"2026-01-31T12:00:00\"")]
    [InlineData("\"tomorrow\"")]
    [InlineData("1769860800")]
    public void Read_TimeWithoutOffset_IsRefused(string time) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize($$"""{"type":"x","notBefore":{{time}}}""", WireJson.Default.SubmitTask));

    [Fact]
    public void Read_TimeWithOffset_IsTheSameMomentInUtc() =>
        Assert.Equal(Noon, JsonSerializer.Deserialize("""{"type":"x","notBefore":"2026-01-31T14:00:00.25+02:00"}""", WireJson.Default.SubmitTask)!.NotBefore);

    [Theory]
    [InlineData("3")]
    [InlineData("\"urgent\"")]
    public void Read_UnknownPriority_IsRefused(string priority) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize($$"""{"type":"x","priority":{{priority}}}""", WireJson.Default.SubmitTask));

    [Theory]
    [InlineData("""{ "a" : 1.000 , "b":[ 1E+5 ] }""")]
    [InlineData("12345678901234567890123456789")]
    [InlineData("\"\\ud83d\\ude00 \\/\"")]
    [InlineData("true")]
    public void RoundTrip_RawValue_KeepsEveryByte(string value)
    {
        var json = $$"""{"type":"x","payload":{{value}}}""";

        var task = JsonSerializer.Deserialize(json, WireJson.Default.SubmitTask)!;

        Assert.Equal(value, task.Payload.ToString());
        Assert.Equal(json, JsonSerializer.Serialize(task, WireJson.Default.SubmitTask));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("1 2")]
    [InlineData("")]
    public void Parse_InvalidJson_IsRefused(string json) => Assert.ThrowsAny<JsonException>(() => RawJson.Parse(json));

    [Fact]
    public void Read_Problem_KeepsFieldsErrorsAndFurtherMembers()
    {
        const string json =
            """{"type":"urn:taskplatform:problem:cycle-detected","title":"Cycle","status":422,"detail":"a needs b needs a","errors":[{"field":"tasks[0].dependsOn","message":"…"}],"cycle":["a","b","a"]}""";

        var problem = JsonSerializer.Deserialize(json, WireJson.Default.Problem)!;

        Assert.Equal(ProblemTypes.CycleDetected, problem.Name);
        Assert.Equal("tasks[0].dependsOn", Assert.Single(problem.Errors!).Field);
        Assert.Equal(3, problem.Extensions!["cycle"].GetArrayLength());
    }
}
