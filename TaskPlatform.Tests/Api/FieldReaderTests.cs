using System.Text;
using System.Text.Json;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Api;

/// <summary>What may stand in a request, field by field.</summary>
public sealed class FieldReaderTests
{
    [Theory]
    [InlineData("""{"type":"a"}""")]
    [InlineData("""{"type":"a","id":"A.b_c:d-1","priority":"low","description":null,"labels":{"a/b":"c"}}""")]
    [InlineData("""{"type":"with blanks and ü"}""")]
    [InlineData("""{"type":"a","maxAttempts":4.0,"leaseSeconds":0.1,"attemptTimeoutSeconds":604800,"stallSeconds":1e2}""")]
    [InlineData("""{"type":"a","backoff":{"kind":"constant","initialSeconds":0}}""")]
    [InlineData("""{"type":"a","notBefore":"2026-01-31T12:00:00+02:00","deadline":"2026-01-31T12:00:00Z"}""")]
    [InlineData("""{"type":"a","dependsOn":["b",{"id":"c"},{"id":"d","on":"failure"}]}""")]
    [InlineData("""{"type":"a","uniqueKey":"A.b_c:d-1","uniqueSeconds":0.001}""")]
    [InlineData("""{"type":"a","uniqueKey":"u","uniqueSeconds":604800,"concurrencyKey":"c","rateLimitKey":"r","fairnessKey":"f","budgetKey":"b"}""")]
    [InlineData("""{"type":"a","weight":10000,"budget":{"tokens":0},"onChildFailure":"fail","route":"with blanks"}""")]
    [InlineData("""{"type":"a","weight":1,"budget":{"tokens":null,"cost":0.5},"onChildFailure":"resume","uniqueKey":null,"uniqueSeconds":null}""")]
    public void Read_GoodTask_HasNoErrors(string json) => Assert.Empty(ErrorsOf(json));

    [Theory]
    [InlineData("""{}""", "type")]
    [InlineData("""{"type":null}""", "type")]
    [InlineData("""{"type":""}""", "type")]
    [InlineData("""{"type":"a\u0000b"}""", "type")]
    [InlineData("""{"type":1}""", "type")]
    [InlineData("""{"type":"a","id":"b c"}""", "id")]
    [InlineData("""{"type":"a","id":""}""", "id")]
    [InlineData("""{"type":"a","priority":"urgent"}""", "priority")]
    [InlineData("""{"type":"a","priority":1}""", "priority")]
    [InlineData("""{"type":"a","Priority":"low"}""", "Priority")]
    [InlineData("""{"type":"a","maxAttempts":0}""", "maxAttempts")]
    [InlineData("""{"type":"a","maxAttempts":1.5}""", "maxAttempts")]
    [InlineData("""{"type":"a","maxAttempts":1e999}""", "maxAttempts")]
    [InlineData("""{"type":"a","maxAttempts":99999999999999999999}""", "maxAttempts")]
    [InlineData("""{"type":"a","maxAttempts":"4"}""", "maxAttempts")]
    [InlineData("""{"type":"a","leaseSeconds":0}""", "leaseSeconds")]
    [InlineData("""{"type":"a","leaseSeconds":-1e999}""", "leaseSeconds")]
    [InlineData("""{"type":"a","leaseSeconds":true}""", "leaseSeconds")]
    [InlineData("""{"type":"a","backoff":[]}""", "backoff")]
    [InlineData("""{"type":"a","backoff":{"kind":"linear"}}""", "backoff.kind")]
    [InlineData("""{"type":"a","backoff":{"initialSeconds":5,"maxSeconds":4}}""", "backoff.maxSeconds")]
    [InlineData("""{"type":"a","backoff":{"factor":2}}""", "backoff.factor")]
    [InlineData("""{"type":"a","notBefore":"2026-01-31T12:00:00"}""", "notBefore")]
    [InlineData("""{"type":"a","notBefore":"2026-01-31"}""", "notBefore")]
    [InlineData("""{"type":"a","notBefore":"1969-12-31T23:59:59Z"}""", "notBefore")]
    [InlineData("""{"type":"a","notBefore":"9999-12-31T23:59:59-14:00"}""", "notBefore")]
    [InlineData("""{"type":"a","notBefore":0}""", "notBefore")]
    [InlineData("""{"type":"a","notBefore":"2026-01-31T12:00:00Z","deadline":"2026-01-31T12:00:00Z"}""", "deadline")]
    [InlineData("""{"type":"a","dependsOn":"b"}""", "dependsOn")]
    [InlineData("""{"type":"a","dependsOn":["b","b"]}""", "dependsOn[1]")]
    [InlineData("""{"type":"a","dependsOn":[7]}""", "dependsOn[0]")]
    [InlineData("""{"type":"a","dependsOn":[{"id":"b","on":"done"}]}""", "dependsOn[0].on")]
    [InlineData("""{"type":"a","dependsOn":[{"on":"success"}]}""", "dependsOn[0].id")]
    [InlineData("""{"type":"a","capabilities":["x",1]}""", "capabilities[1]")]
    [InlineData("""{"type":"a","labels":{"b":1}}""", "labels.b")]
    [InlineData("""{"type":"a","labels":{"b c":"d"}}""", "labels.b c")]
    [InlineData("""{"type":"a","labels":[]}""", "labels")]
    [InlineData("""{"type":"a","uniqueKey":"a b"}""", "uniqueKey")]
    [InlineData("""{"type":"a","uniqueSeconds":1}""", "uniqueSeconds")]
    [InlineData("""{"type":"a","uniqueKey":"u","uniqueSeconds":0}""", "uniqueSeconds")]
    [InlineData("""{"type":"a","uniqueKey":"u","uniqueSeconds":604801}""", "uniqueSeconds")]
    [InlineData("""{"type":"a","concurrencyKey":""}""", "concurrencyKey")]
    [InlineData("""{"type":"a","rateLimitKey":"a*"}""", "rateLimitKey")]
    [InlineData("""{"type":"a","fairnessKey":7}""", "fairnessKey")]
    [InlineData("""{"type":"a","budgetKey":"ü"}""", "budgetKey")]
    [InlineData("""{"type":"a","weight":0}""", "weight")]
    [InlineData("""{"type":"a","weight":10001}""", "weight")]
    [InlineData("""{"type":"a","weight":1.5}""", "weight")]
    [InlineData("""{"type":"a","budget":{}}""", "budget")]
    [InlineData("""{"type":"a","budget":5}""", "budget")]
    [InlineData("""{"type":"a","budget":{"tokens":-1}}""", "budget.tokens")]
    [InlineData("""{"type":"a","budget":{"tokens":1.5}}""", "budget.tokens")]
    [InlineData("""{"type":"a","budget":{"cost":"1"}}""", "budget.cost")]
    [InlineData("""{"type":"a","budget":{"tokens":1,"perSeconds":1}}""", "budget.perSeconds")]
    [InlineData("""{"type":"a","onChildFailure":"ignore"}""", "onChildFailure")]
    [InlineData("""{"type":"a","route":""}""", "route")]
    [InlineData("""{"type":"a","verifier":""}""", "verifier")]
    [InlineData("""{"type":"a","state":"completed"}""", "state")]
    [InlineData("""[]""", "body")]
    [InlineData("""null""", "body")]
    public void Read_OneBadField_NamesIt(string json, string field) => Assert.Equal([field], ErrorsOf(json));

    [Fact]
    public void Read_ManyBadFields_NamesEach()
    {
        var fields = ErrorsOf("""{"priority":0,"leaseSeconds":"x","backoff":{"kind":1,"y":2},"dependsOn":[{}],"verifier":7,"weight":-1,"nonsense":[{}]}""");

        Assert.Equal(
            ["backoff.kind", "backoff.y", "dependsOn[0].id", "leaseSeconds", "nonsense", "priority", "type", "verifier", "weight"],
            fields.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_MoreLabelsThanAllowed_NamesThem()
    {
        var labels = string.Join(",", Enumerable.Range(0, 33).Select(index => $"\"l{index}\":\"v\""));

        Assert.Equal(["labels"], ErrorsOf($$"""{"type":"a","labels":{ {{labels}} } }"""));
    }

    [Fact]
    public void Read_ThousandsOfBadFields_ListsTheFirstAndCountsAll()
    {
        var errors = new RequestErrors();
        using var document = JsonDocument.Parse($$"""{"type":"a",{{string.Join(",", Enumerable.Range(0, 5_000).Select(index => $"\"x{index}\":1"))}}}""");

        TaskReader.Read(document.RootElement, "", errors);

        Assert.Equal(5_000, errors.Count);
        Assert.Equal(RequestLimits.ErrorsListed, errors.ToProblem().Errors!.Count);
    }

    [Fact]
    public void Read_OnlyTooLarge_Is413AndOtherwise400()
    {
        var text = new string('x', RequestLimits.TextBytes + 1);

        Assert.Equal(413, ProblemStatusOf($$"""{"type":"a","description":"{{text}}"}"""));
        Assert.Equal(400, ProblemStatusOf($$"""{"description":"{{text}}"}"""));
    }

    [Fact]
    public void Read_Defaults_AreTheContracts()
    {
        var body = Read("""{"type":"a"}""").Body;

        Assert.Equal(4, body.MaxAttempts);
        Assert.Equal(new BackoffPolicy(Exponential: true, 1_000, 300_000), body.Backoff);
        Assert.Equal((30_000, 3_600_000, null), (body.LeaseMs, body.AttemptTimeoutMs, body.StallMs));
        Assert.Equal(TaskPriority.Medium, Read("""{"type":"a"}""").Priority);
    }

    /// <summary>A million tasks that say nothing of their own share two objects.</summary>
    [Theory]
    [InlineData("""{"type":"a"}""", true)]
    [InlineData("""{"type":"a","maxAttempts":4,"weight":1,"onChildFailure":"resume","backoff":{},"budget":null}""", true)]
    [InlineData("""{"type":"a","maxAttempts":5,"weight":2}""", false)]
    public void Read_PolicyAndFlow_AreSharedWhereTheyAreTheDefaults(string json, bool areShared)
    {
        var body = Read(json).Body;

        Assert.Equal((areShared, areShared), (ReferenceEquals(TaskPolicy.Default, body.Policy), ReferenceEquals(TaskFlow.None, body.Flow)));
    }

    [Fact]
    public void Read_FirstBackoffBeyondTheDefaultLongest_IsTheLongest()
        => Assert.Equal(600_000, Read("""{"type":"a","backoff":{"initialSeconds":600}}""").Body.Backoff.MaxMs);

    [Fact]
    public void Read_Payload_KeepsEveryByte()
    {
        const string Payload = """{ "n" : 1.000000000000000000000000000000000001e400 , "s":"\u0041\/" }""";

        Assert.Equal(Payload, Encoding.UTF8.GetString(Read($$"""{"type":"a","payload":{{Payload}}}""").Body.Payload.Span));
    }

    private static string[] ErrorsOf(string json) => [.. ReadWithErrors(json).Errors.Select(error => error.Field)];

    private static int? ProblemStatusOf(string json)
    {
        var errors = new RequestErrors();
        using var document = JsonDocument.Parse(json);
        TaskReader.Read(document.RootElement, "", errors);
        return errors.ToProblem().Status;
    }

    private static TaskSubmission Read(string json) => ReadWithErrors(json).Task!;

    private static (TaskSubmission? Task, IReadOnlyList<TaskPlatform.Client.Wire.FieldError> Errors) ReadWithErrors(string json)
    {
        var errors = new RequestErrors();
        using var document = JsonDocument.Parse(json);
        var task = TaskReader.Read(document.RootElement, "", errors);
        Assert.Equal(errors.Count == 0, task is not null);
        return (task, errors.Count == 0 ? [] : errors.ToProblem().Errors!);
    }
}
