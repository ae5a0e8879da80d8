using System.Net;
using System.Net.Http.Json;
using System.Text;
using TaskPlatform.Client.Federation;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Tests.Federation;

/// <summary>Registering, reporting, merging and every refusal, over HTTP.</summary>
public sealed class FederationApiTests
{
    private const string Summary = """
        {"unfinished":3,"types":[{"type":"coding","counts":{"pending":2,"in_progress":1,"completed":8,"failed":2},"successRate":0.8,"meanSeconds":10}]}
        """;

    [Theory]
    [InlineData("GET", "/v1/federation")]
    [InlineData("PUT", "/v1/nodes/north")]
    [InlineData("POST", "/v1/nodes/north/summary")]
    public async Task AnyCall_NotSwitchedOn_IsRefused(string method, string path)
    {
        await using var host = new FederationHost();

        using var answer = await SendAsync(host, method, path, method == "GET" ? null : "{}");

        await AssertProblemAsync(answer, HttpStatusCode.Forbidden, "federation-disabled");
    }

    [Fact]
    public async Task Health_NotSwitchedOn_IsHealthy()
    {
        await using var host = new FederationHost();

        using var answer = await SendAsync(host, "GET", "/health", null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            """{"status":"Healthy","checks":[{"name":"self","status":"Healthy","description":null}]}""",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Register_Twice_IsCreatedThenKnown()
    {
        await using var host = FederationHost.On(("Federation:ReportSeconds", "7"));

        using var first = await RegisterAsync(host, "north");
        using var second = await RegisterAsync(host, "north");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        var answer = await second.Content.ReadFromJsonAsync(FederationJson.Default.NodeRegistered, TestContext.Current.CancellationToken);
        Assert.Equal(new NodeRegistered { NodeId = "north", ReportSeconds = 7, StaleSeconds = 60 }, answer);
    }

    [Fact]
    public async Task Register_MoreThanMaxNodes_IsRefusedUntilASilentOneIsForgotten()
    {
        await using var host = FederationHost.On(("Federation:MaxNodes", "1"), ("Federation:ForgetSeconds", "100"));
        using var first = await RegisterAsync(host, "north");

        using var refused = await RegisterAsync(host, "south");
        await AssertProblemAsync(refused, HttpStatusCode.Conflict, "too-many-nodes");

        host.Time.Advance(TimeSpan.FromSeconds(101));
        using var taken = await RegisterAsync(host, "south");
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Fact]
    public async Task Report_TwoNodes_AreAddedUpWeightedByTheirTasks()
    {
        await using var host = FederationHost.On();
        await RegisterAndReportAsync(host, "north", Summary);
        await RegisterAndReportAsync(host, "south", """
            {"unfinished":1,"types":[{"type":"coding","counts":{"waiting":1,"completed":2},"successRate":1,"meanSeconds":20},
                                     {"type":"other","counts":{"cancelled":4}}]}
            """);

        var report = await ReadAsync(host);

        Assert.Equal(4, report.Unfinished);
        Assert.Equal(["coding", "other"], report.Types.Select(type => type.Type));
        var coding = report.Types[0];
        Assert.Equal(new StateCounts { Pending = 2, InProgress = 1, Waiting = 1, Completed = 10, Failed = 2 }, coding.Counts);
        Assert.Equal((0.8 * 10 + 1.0 * 2) / 12, coding.SuccessRate!.Value, 12);
        Assert.Equal((10.0 * 8 + 20.0 * 2) / 10, coding.MeanSeconds!.Value, 12);
        Assert.Null(report.Types[1].SuccessRate);
        Assert.Equal(4, report.Types[1].Counts.Cancelled);
    }

    [Fact]
    public async Task Report_Again_ReplacesTheNodesNumbers()
    {
        await using var host = FederationHost.On();
        await RegisterAndReportAsync(host, "north", Summary);
        await RegisterAndReportAsync(host, "north", """{"unfinished":0,"types":[]}""");

        var report = await ReadAsync(host);

        Assert.Equal(0, report.Unfinished);
        Assert.Empty(report.Types);
    }

    [Fact]
    public async Task Merge_NodeSilentTooLong_IsMarkedStaleAndLeftOut()
    {
        await using var host = FederationHost.On(("Federation:StaleSeconds", "60"));
        await RegisterAndReportAsync(host, "north", Summary);
        host.Time.Advance(TimeSpan.FromSeconds(40));
        await RegisterAndReportAsync(host, "south", Summary);
        using var silent = await RegisterAsync(host, "west");
        host.Time.Advance(TimeSpan.FromSeconds(21));

        var report = await ReadAsync(host);

        Assert.Equal(
            [
                new NodeAge { NodeId = "north", AgeSeconds = 61, Stale = true },
                new NodeAge { NodeId = "south", AgeSeconds = 21, Stale = false },
                new NodeAge { NodeId = "west", AgeSeconds = null, Stale = true },
            ],
            report.Nodes);
        Assert.Equal(3, report.Unfinished);
    }

    [Fact]
    public async Task Report_UnregisteredNode_IsToldToRegister()
    {
        await using var host = FederationHost.On();

        using var answer = await SendAsync(host, "POST", "/v1/nodes/north/summary", Summary);

        await AssertProblemAsync(answer, HttpStatusCode.NotFound, "node-not-found");
    }

    [Theory]
    [InlineData("taskId", """{"unfinished":0,"types":[],"taskId":"t1"}""")]
    [InlineData("types[0].labels", """{"unfinished":0,"types":[{"type":"coding","counts":{},"labels":{"a":"b"}}]}""")]
    [InlineData("types[0].counts.lost", """{"unfinished":0,"types":[{"type":"coding","counts":{"lost":1}}]}""")]
    [InlineData("", """{"types":[]}""")]
    [InlineData("", """not json""")]
    [InlineData("types[0].counts.pending", """{"unfinished":0,"types":[{"type":"coding","counts":{"pending":"two"}}]}""")]
    [InlineData("types", """{"unfinished":0,"types":[null]}""")]
    [InlineData("types", """{"unfinished":0,"types":[{"type":"a","counts":{}},{"type":"a","counts":{}}]}""")]
    [InlineData("types[0].type", """{"unfinished":0,"types":[{"type":"Fix bug 12 of Ada","counts":{}}]}""")]
    [InlineData("types[0].counts", """{"unfinished":-1,"types":[{"type":"coding","counts":{"pending":-1}}]}""")]
    [InlineData("types[0].successRate", """{"unfinished":0,"types":[{"type":"coding","counts":{"failed":1},"successRate":1.5}]}""")]
    [InlineData("types[0].meanSeconds", """{"unfinished":0,"types":[{"type":"coding","counts":{"failed":1},"meanSeconds":4}]}""")]
    [InlineData("unfinished", """{"unfinished":5,"types":[{"type":"coding","counts":{"pending":4}}]}""")]
    public async Task Report_BadField_IsRefusedByName(string field, string body)
    {
        await using var host = FederationHost.On();
        using var registered = await RegisterAsync(host, "north");

        using var answer = await SendAsync(host, "POST", "/v1/nodes/north/summary", body);

        var problem = await AssertProblemAsync(answer, HttpStatusCode.BadRequest, ProblemTypes.InvalidRequest);
        Assert.Equal([field], problem.Errors!.Select(error => error.Field));
    }

    [Fact]
    public async Task Report_MoreTypesThanTheLimit_IsRefused()
    {
        await using var host = FederationHost.On();
        using var registered = await RegisterAsync(host, "north");
        var types = string.Join(',', Enumerable.Range(0, 33).Select(i => $$$"""{"type":"t{{{i}}}","counts":{}}"""));

        using var answer = await SendAsync(host, "POST", "/v1/nodes/north/summary", $$"""{"unfinished":0,"types":[{{types}}]}""");

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, ProblemTypes.InvalidRequest);
    }

    [Fact]
    public async Task Report_BodyTooLarge_IsRefused()
    {
        await using var host = FederationHost.On();
        using var registered = await RegisterAsync(host, "north");

        using var answer = await SendAsync(host, "POST", "/v1/nodes/north/summary", new string(' ', 65 * 1024) + Summary);

        await AssertProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge, ProblemTypes.PayloadTooLarge);
    }

    [Theory]
    [InlineData("-north")]
    [InlineData("north%20of%20here")]
    public async Task Register_BadName_IsRefused(string nodeId)
    {
        await using var host = FederationHost.On();

        using var answer = await RegisterAsync(host, nodeId);

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, ProblemTypes.InvalidRequest);
    }

    private static Task<HttpResponseMessage> RegisterAsync(FederationHost host, string nodeId) =>
        SendAsync(host, "PUT", $"/v1/nodes/{nodeId}", "{}");

    private static async Task RegisterAndReportAsync(FederationHost host, string nodeId, string summary)
    {
        using var registered = await RegisterAsync(host, nodeId);
        Assert.True(registered.IsSuccessStatusCode);
        using var reported = await SendAsync(host, "POST", $"/v1/nodes/{nodeId}/summary", summary);
        Assert.Equal(HttpStatusCode.NoContent, reported.StatusCode);
    }

    private static async Task<FederationReport> ReadAsync(FederationHost host)
    {
        using var client = host.CreateClient();
        return (await client.GetFromJsonAsync("/v1/federation", FederationJson.Default.FederationReport, TestContext.Current.CancellationToken))!;
    }

    private static async Task<HttpResponseMessage> SendAsync(FederationHost host, string method, string path, string? body)
    {
        using var client = host.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<Problem> AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string name)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync(WireJson.Default.Problem, TestContext.Current.CancellationToken);
        Assert.Equal(name, problem!.Name);
        Assert.False(string.IsNullOrEmpty(problem.Detail));
        return problem;
    }
}
