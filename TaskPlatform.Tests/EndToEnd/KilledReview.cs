using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using StackExchange.Redis;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.EndToEnd;

/// <summary>Lets several classes look at the same run.</summary>
[CollectionDefinition]
public sealed class KilledReviewCollection : ICollectionFixture<KilledReview>;

/// <summary>
/// The whole application as processes, with its telemetry in the real dashboard: a review during which the Api is killed and started again. It
/// happens once, for all who look at what came of it.
/// </summary>
public sealed class KilledReview : IAsyncLifetime
{
    private readonly ReviewedFolder _folder = new();
    private DistributedApplication _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The dashboard that all services sent to.</summary>
    public DashboardServer Dashboard { get; private set; } = null!;

    /// <summary>The Api, after it was started again.</summary>
    public HttpClient Api { get; private set; } = null!;

    /// <summary>The review's id.</summary>
    public string Id { get; private set; } = null!;

    /// <summary>The trace that the review was asked for in.</summary>
    public string TraceId { get; private set; } = null!;

    /// <summary>The review's graph at the end.</summary>
    public JsonElement Graph { get; private set; }

    /// <summary>When the Api was killed.</summary>
    public DateTimeOffset KilledAt { get; private set; }

    /// <summary>How often each task was announced as completed.</summary>
    public IReadOnlyDictionary<string, int> Completions { get; private set; } = null!;

    /// <summary>The ids of its tasks.</summary>
    public IReadOnlyList<string> TaskIds => [.. Graph.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("id").GetString()!)];

    /// <summary>Runs it, where the dashboard is installed.</summary>
    public async ValueTask InitializeAsync()
    {
        if (!DashboardServer.IsInstalled) return;
        Dashboard = await DashboardServer.StartAsync();
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.TaskPlatform_AppHost>(
            [$"--Data:Root={_folder.Data}", $"--Reviews:Root={_folder.Source}", $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL={Dashboard.OtlpUrl}"], Token);
        _app = await builder.BuildAsync(Token);
        await _app.StartAsync(Token);
        foreach (var name in (string[])["api", "analyst", "coder", "reasoner"]) await _app.ResourceNotifications.WaitForResourceHealthyAsync(name, Token);
        await using var redis = await ConnectionMultiplexer.ConnectAsync((await _app.GetConnectionStringAsync("redis", Token))!);
        await using var finished = await FinishedTasks.ListenAsync(redis);

        await StartReviewAsync();
        await finished.WaitForAsync(count: 2);
        await KillAndStartApiAsync();

        Api = _app.CreateHttpClient("api");
        Graph = await EndOfAsync(Api, Id);
        Completions = finished.Completions;
    }

    /// <summary>This run; skips the test that asks, or fails it, as <see cref="DashboardServer.Program"/> does, where there was none.</summary>
    public KilledReview Ran()
    {
        DashboardServer.Program();
        return this;
    }

    /// <summary>Stops everything.</summary>
    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        if (Dashboard is not null) await Dashboard.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartReviewAsync()
    {
        // This process may record spans for other tests; they are no part of this trace.
        using var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = _app.GetEndpoint("api") };
        using var posted = await http.PostAsJsonAsync("/v1/reviews", new { path = "." }, Token);
        posted.EnsureSuccessStatusCode();
        Id = (await posted.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("reviewId").GetString()!;
        var graph = await http.GetFromJsonAsync<JsonElement>($"/v1/queues/reviews/graphs/{Id}", Token);
        var task = graph.GetProperty("tasks")[0].GetProperty("id").GetString();
        var whole = await http.GetFromJsonAsync<JsonElement>($"/v1/queues/reviews/tasks/{task}", Token);
        TraceId = ActivityContext.Parse(whole.GetProperty("traceparent").GetString()!, null).TraceId.ToString();
    }

    private async Task KillAndStartApiAsync()
    {
        KilledAt = DateTimeOffset.UtcNow;
        KillApi(_folder.Source);
        await _app.ResourceNotifications.WaitForResourceAsync("api", KnownResourceStates.TerminalStates, Token);
        var started = await _app.ResourceCommands.ExecuteCommandAsync("api", KnownResourceCommands.StartCommand, Token);
        Assert.True(started.Success, started.Message);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("api", Token);
    }

    /// <summary>The graph once its last task, the report, has ended: a long poll, again and again.</summary>
    private static async Task<JsonElement> EndOfAsync(HttpClient http, string graphId)
    {
        while (true)
        {
            var graph = await http.GetFromJsonAsync<JsonElement>($"/v1/queues/reviews/graphs/{graphId}", Token);
            if (graph.GetProperty("state").GetString() is "completed" or "failed" or "cancelled") return graph;
            var report = graph.GetProperty("tasks").EnumerateArray().Last().GetProperty("id").GetString();
            using var ended = await http.GetAsync($"/v1/queues/reviews/tasks/{report}?waitSeconds=30", Token);
        }
    }

    /// <summary>The Api that serves this test's folder, whoever started it, and the program that may stand between: one that builds before it runs.</summary>
    private static void KillApi(string root)
    {
        var isOurs = (Process process) => File.ReadAllText($"/proc/{process.Id}/cmdline").Contains("TaskPlatform.Api")
            && File.ReadAllText($"/proc/{process.Id}/environ").Contains($"Reviews__Root={root}\0");
        var ours = Process.GetProcesses().Where(process => Directory.Exists($"/proc/{process.Id}/fd") && Reads(process, isOurs)).ToList();
        Assert.NotEmpty(ours);
        foreach (var process in ours) process.Kill();
    }

    // Other processes come and go, and some are not ours to read.
    private static bool Reads(Process process, Func<Process, bool> question)
    {
        try
        {
            return question(process);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
