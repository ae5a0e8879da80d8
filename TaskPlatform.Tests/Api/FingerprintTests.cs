using System.Text;
using System.Text.Json;
using TaskPlatform.Api.Endpoints.Requests;

namespace TaskPlatform.Tests.Api;

/// <summary>Which submits are the same.</summary>
public sealed class FingerprintTests
{
    [Theory]
    [InlineData("""{"type":"a"}""", """{"priority":"medium","maxAttempts":4,"type":"a","leaseSeconds":30}""")]
    [InlineData("""{"type":"a","id":"x"}""", """{"type":"a","id":"y"}""")]
    [InlineData("""{"type":"a","payload":{"b":[1,"A"]}}""", """{ "type":"a", "payload": { "b" : [ 1, "\u0041" ] } }""")]
    [InlineData("""{"type":"a","capabilities":["x","y"]}""", """{"type":"a","capabilities":["y","x","y"]}""")]
    [InlineData("""{"type":"a","labels":{"b":"1","c":"2"}}""", """{"type":"a","labels":{"c":"2","b":"1"}}""")]
    [InlineData("""{"type":"a","dependsOn":["b"]}""", """{"type":"a","dependsOn":[{"id":"b","on":"success"}]}""")]
    [InlineData("""{"type":"a","notBefore":"2026-01-31T12:00:00Z"}""", """{"type":"a","notBefore":"2026-01-31T14:00:00+02:00"}""")]
    [InlineData("""{"type":"a"}""", """{"type":"a","weight":1,"onChildFailure":"resume","uniqueKey":null,"budget":null}""")]
    [InlineData("""{"type":"a","budget":{"tokens":5}}""", """{"type":"a","budget":{"cost":null,"tokens":5.0}}""")]
    public void Of_SameMeaning_IsTheSame(string left, string right) => Assert.Equal(OfTask(left), OfTask(right));

    [Theory]
    [InlineData("""{"type":"b"}""")]
    [InlineData("""{"type":"a","priority":"low"}""")]
    [InlineData("""{"type":"a","payload":null}""")]
    [InlineData("""{"type":"a","payload":{"b":1,"c":2}}""")]
    [InlineData("""{"type":"a","payload":{"c":2,"b":1}}""")]
    [InlineData("""{"type":"a","payload":["ab","c"]}""")]
    [InlineData("""{"type":"a","payload":["a","bc"]}""")]
    [InlineData("""{"type":"a","payload":[1]}""")]
    [InlineData("""{"type":"a","payload":["1"]}""")]
    [InlineData("""{"type":"a","payload":[[1]]}""")]
    [InlineData("""{"type":"a","description":"d"}""")]
    [InlineData("""{"type":"a","capabilities":["d"]}""")]
    [InlineData("""{"type":"a","labels":{"d":""}}""")]
    [InlineData("""{"type":"a","dependsOn":["d"]}""")]
    [InlineData("""{"type":"a","dependsOn":[{"id":"d","on":"finish"}]}""")]
    [InlineData("""{"type":"a","notBefore":"2026-01-31T12:00:00Z"}""")]
    [InlineData("""{"type":"a","deadline":"2026-01-31T12:00:00Z"}""")]
    [InlineData("""{"type":"a","maxAttempts":5}""")]
    [InlineData("""{"type":"a","backoff":{"kind":"constant"}}""")]
    [InlineData("""{"type":"a","backoff":{"maxSeconds":299}}""")]
    [InlineData("""{"type":"a","stallSeconds":30}""")]
    [InlineData("""{"type":"a","uniqueKey":"k"}""")]
    [InlineData("""{"type":"a","uniqueKey":"k","uniqueSeconds":5}""")]
    [InlineData("""{"type":"a","concurrencyKey":"k"}""")]
    [InlineData("""{"type":"a","rateLimitKey":"k"}""")]
    [InlineData("""{"type":"a","fairnessKey":"k"}""")]
    [InlineData("""{"type":"a","budgetKey":"k"}""")]
    [InlineData("""{"type":"a","route":"k"}""")]
    [InlineData("""{"type":"a","weight":2}""")]
    [InlineData("""{"type":"a","budget":{"tokens":5}}""")]
    [InlineData("""{"type":"a","budget":{"cost":5}}""")]
    [InlineData("""{"type":"a","budget":{"cost":5,"tokens":5}}""")]
    [InlineData("""{"type":"a","onChildFailure":"fail"}""")]
    [InlineData("""{"type":"a","verifier":"k"}""")]
    public void Of_AnyDifference_IsAnother(string json)
    {
        string[] others =
        [
            """{"type":"a"}""", """{"type":"a","payload":{"b":1}}""", """{"type":"a","payload":["abc"]}""", """{"type":"a","payload":{"b":1,"c":2,"d":3}}""",
            """{"type":"a","payload":[]}""", """{"type":"a","uniqueKey":"q"}""", """{"type":"a","concurrencyKey":"q"}""", """{"type":"a","weight":3}""",
            """{"type":"a","budget":{"tokens":4}}""", """{"type":"a","uniqueKey":"k","uniqueSeconds":6}""",
        ];

        Assert.All(others, other => Assert.NotEqual(OfTask(other), OfTask(json)));
    }

    /// <summary>Stored with every task: another number would make a conflict of each repeat across an upgrade.</summary>
    [Fact]
    public void Of_KnownTask_NeverChanges()
    {
        const string Task =
            """
            {"type":"coding","description":"d","priority":"high","payload":{"a":[1,true,null,"x"]},"capabilities":["c"],"dependsOn":["b"],
             "notBefore":"2026-01-31T12:00:00Z","deadline":"2026-02-01T12:00:00Z","labels":{"l":"v"},"stallSeconds":5}
            """;

        Assert.Equal("5deffd3b6875dbfda9072edb08b4919b", OfTask(Task).ToString("x32"));
    }

    /// <summary>The same holds for a task that has what later versions added.</summary>
    [Fact]
    public void Of_KnownTaskWithLaterFields_NeverChanges()
    {
        const string Task =
            """
            {"type":"coding","uniqueKey":"u","uniqueSeconds":60,"concurrencyKey":"c","rateLimitKey":"r","fairnessKey":"f","weight":2,
             "budget":{"tokens":1000,"cost":0.5},"budgetKey":"b","onChildFailure":"fail","route":"cheap"}
            """;

        Assert.Equal("8791c8548af4cb3c2aaab9fc43dac3b9", OfTask(Task).ToString("x32"));
    }

    [Fact]
    public void ChildId_OfTheSameChild_IsTheSameAndOfAnyOtherAnother()
    {
        string[] ids =
        [
            Fingerprint.ChildId("parent", 7, 0), Fingerprint.ChildId("parent", 7, 1), Fingerprint.ChildId("parent", 8, 0), Fingerprint.ChildId("other", 7, 0),
        ];

        Assert.Equal("3e980462e4df9f00ac73f3bd6f081048", ids[0]);
        Assert.Equal(4, ids.Distinct().Count());
    }

    [Fact]
    public void Of_Request_TellsMethodPathAndBodyApart()
    {
        var hashes = new[] { ("POST", "/a", "1"), ("PUT", "/a", "1"), ("POST", "/b", "1"), ("POST", "/a", "2"), ("POST", "/a", "") }
            .Select(request => Fingerprint.Of(request.Item1, request.Item2, Encoding.UTF8.GetBytes(request.Item3)));

        Assert.Equal(5, hashes.Distinct().Count());
    }

    private static UInt128 OfTask(string json)
    {
        var errors = new RequestErrors();
        using var document = JsonDocument.Parse(json);
        return TaskReader.Read(document.RootElement, "", errors)!.Fingerprint;
    }
}
