namespace TaskPlatform.Tests.Api;

/// <summary>Everything that may be set on a queue.</summary>
public sealed class QueueSettingsCallTests(SharedApi api)
{
    private const string All =
        """
        {"durability":"buffered","policy":"score","ageingSeconds":90,"retention":{"ageSeconds":3600,"count":500},"concurrency":{"gpu:*":2,"z":1},"rates":{"llm":{"count":60,"perSeconds":1.5}},"fairness":{"gold":3,"s*":0.5},"budgets":{"team":{"tokens":1000,"cost":2.5,"perSeconds":86400,"onExhausted":"route"}},"limits":{"unfinishedTasks":10000},"matching":{"capability":1,"priority":{"critical":8,"high":4,"medium":2,"low":1},"load":0.5,"success":3,"speed":7,"speedTypes":["chat"],"cost":9,"patienceSeconds":2.5}}
        """;

    [Fact]
    public async Task PutQueue_Everything_IsAnsweredAndStands()
    {
        var queue = await api.QueueAsync();

        var put = (await queue.PutAsync("", All)).Expect(200);
        var get = (await queue.GetAsync()).Expect(200);

        Assert.Equal(All, put["settings"].GetRawText());
        Assert.Equal(All, get["settings"].GetRawText());
        Assert.Equal("buffered", get["durability"].GetString());
    }

    [Fact]
    public async Task PutQueue_SomeFields_LeavesTheRestAndReplacesWholeMaps()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("", All);

        var settings = (await queue.PutAsync(
            "", """{"retention":{"count":7},"concurrency":{"only":9},"fairness":{},"budgets":{"b":{"cost":1}},"limits":{},"rates":null}""")).Expect(200)["settings"];

        Assert.Equal("""{"ageSeconds":3600,"count":7}""", settings.GetProperty("retention").GetRawText());
        Assert.Equal("""{"only":9}""", settings.GetProperty("concurrency").GetRawText());
        Assert.Equal("{}", settings.GetProperty("fairness").GetRawText());
        Assert.Equal("""{"b":{"cost":1,"onExhausted":"wait"}}""", settings.GetProperty("budgets").GetRawText());
        Assert.Equal("""{"llm":{"count":60,"perSeconds":1.5}}""", settings.GetProperty("rates").GetRawText());
        Assert.Equal("""{"unfinishedTasks":10000}""", settings.GetProperty("limits").GetRawText());
        Assert.Equal(("buffered", 90), (settings.GetProperty("durability").GetString(), settings.GetProperty("ageingSeconds").GetInt32()));
    }

    [Theory]
    [InlineData("durable")]
    [InlineData("buffered")]
    [InlineData("memory")]
    public async Task PutQueue_Durability_IsPromisedByTheAnswersThatFollow(string durability)
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("", $$"""{"durability":"{{durability}}"}""");

        var submitted = (await queue.SubmitAsync("""{"type":"work"}""")).Expect(201);

        Assert.StartsWith(durability, submitted.Header("Durability"), StringComparison.Ordinal);
        Assert.Equal(durability, (await queue.GetAsync()).Expect(200)["durability"].GetString());
    }

    [Fact]
    public async Task PutQueue_MemoryWhileThereAreTasks_IsRefused()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"type":"work"}""");

        Assert.Equal(["durability"], (await queue.PutAsync("", """{"durability":"memory"}""")).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task PutQueue_UnfinishedTasks_AreNotExceeded()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("", """{"limits":{"unfinishedTasks":1}}""");
        await queue.SubmitAsync("""{"id":"a","type":"work"}""");

        var full = (await queue.SubmitAsync("""{"type":"work"}""")).ExpectProblem(503, "queue-full");
        await queue.PostAsync("/tasks/a/cancel");

        Assert.NotNull(full.Header("Retry-After"));
        (await queue.SubmitAsync("""{"type":"work"}""")).Expect(201);
    }

    [Theory]
    [InlineData("""{"durability":"none","policy":"x","ageingSeconds":-1,"colour":"red"}""", new[] { "durability", "policy", "ageingSeconds", "colour" })]
    [InlineData("""{"retention":{"ageSeconds":-1,"count":1.5,"size":1}}""", new[] { "retention.ageSeconds", "retention.count", "retention.size" })]
    [InlineData("""{"retention":5,"concurrency":[],"rates":1,"fairness":"x","budgets":true,"limits":0}""",
        new[] { "retention", "concurrency", "rates", "fairness", "budgets", "limits" })]
    [InlineData("""{"concurrency":{"a b":1,"":1,"ok*":0,"n":null}}""", new[] { "concurrency.a b", "concurrency.", "concurrency.ok*", "concurrency.n" })]
    [InlineData("""{"rates":{"a":{},"b":{"count":0,"perSeconds":0},"c":7,"d":{"count":1,"perSeconds":1,"burst":2}}}""",
        new[] { "rates.a.count", "rates.a.perSeconds", "rates.b.count", "rates.b.perSeconds", "rates.c", "rates.d.burst" })]
    [InlineData("""{"fairness":{"a":0,"b":"1","c":1000001}}""", new[] { "fairness.a", "fairness.b", "fairness.c" })]
    [InlineData("""{"budgets":{"a":{},"b":{"tokens":-1},"c":{"tokens":1,"onExhausted":"stop"},"d":{"tokens":1,"perSeconds":0},"e":{"tokens":1,"x":1}}}""",
        new[] { "budgets.a", "budgets.b.tokens", "budgets.c.onExhausted", "budgets.d.perSeconds", "budgets.e.x" })]
    [InlineData("""{"matching":{"capability":-1,"priority":{"low":"x","none":1},"speedTypes":[""],"patienceSeconds":3601,"luck":1}}""",
        new[] { "matching.capability", "matching.priority.low", "matching.speedTypes[0]", "matching.patienceSeconds", "matching.priority.none", "matching.luck" })]
    [InlineData("""{"limits":{"unfinishedTasks":0,"tasks":1}}""", new[] { "limits.unfinishedTasks", "limits.tasks" })]
    public async Task PutQueue_BadFields_NamesEach(string settings, string[] fields)
    {
        var queue = await api.QueueAsync();

        Assert.Equal(fields, (await queue.PutAsync("", settings)).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task PutQueue_MoreKeysThanAllowed_NamesTheMap()
    {
        var queue = await api.QueueAsync();
        var keys = string.Join(',', Enumerable.Range(0, 1_001).Select(index => $"\"k{index}\":1"));

        Assert.Equal(["fairness"], (await queue.PutAsync("", $$"""{"fairness":{ {{keys}} } }""")).ExpectProblem(400, "invalid-request").Fields);
    }
}
