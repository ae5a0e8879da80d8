using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using StackExchange.Redis;

namespace TaskPlatform.Tests.EndToEnd;

/// <summary>The whole application as processes, doing its main job through a crash.</summary>
public sealed class ReviewTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Review_ApiKilledHalfway_CompletesWithEachResultOnce()
    {
        using var folder = new ReviewedFolder();
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.TaskPlatform_AppHost>(
            [$"--Data:Root={folder.Data}", $"--Reviews:Root={folder.Source}"], Token);
        await using var app = await builder.BuildAsync(Token);
        await app.StartAsync(Token);
        foreach (var name in (string[])["api", "analyst", "coder", "reasoner"]) await app.ResourceNotifications.WaitForResourceHealthyAsync(name, Token);
        using var http = app.CreateHttpClient("api");
        await using var redis = await ConnectionMultiplexer.ConnectAsync((await app.GetConnectionStringAsync("redis", Token))!);
        await using var finished = await FinishedTasks.ListenAsync(redis);

        using var posted = await http.PostAsJsonAsync("/v1/reviews", new { path = "." }, Token);
        posted.EnsureSuccessStatusCode();
        var review = (await posted.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("reviewId").GetString()!;
        await finished.WaitForAsync(count: 2);
        KillApi(folder.Source);
        await app.ResourceNotifications.WaitForResourceAsync("api", KnownResourceStates.TerminalStates, Token);
        var started = await app.ResourceCommands.ExecuteCommandAsync("api", KnownResourceCommands.StartCommand, Token);
        Assert.True(started.Success, started.Message);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("api", Token);

        using var again = app.CreateHttpClient("api");
        var graph = await EndOfAsync(again, review);
        Assert.Equal("completed", graph.GetProperty("state").GetString());
        var ids = graph.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("id").GetString()!).ToList();
        Assert.Equal(2 * ReviewedFolder.Files + 1, ids.Count);
        foreach (var id in ids) await AssertOneResultAsync(again, id);
        Assert.All(finished.Completions.Where(pair => ids.Contains(pair.Key)), pair => Assert.Equal(1, pair.Value));
        var report = await again.GetStringAsync($"/v1/reviews/{review}/report", Token);
        Assert.Contains("Greeter1.cs", report);
    }

    private static async Task AssertOneResultAsync(HttpClient http, string id)
    {
        var task = await http.GetFromJsonAsync<JsonElement>($"/v1/queues/reviews/tasks/{id}", Token);
        Assert.Equal("completed", task.GetProperty("state").GetString());
        Assert.Single(task.GetProperty("attempts").EnumerateArray(), attempt => attempt.GetProperty("outcome").GetString() == "completed");
        Assert.True(task.TryGetProperty("result", out _));
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

    /// <summary>The one Api that serves this test's folder, whoever started it.</summary>
    private static void KillApi(string root)
    {
        var isOurs = (Process process) => File.ReadAllText($"/proc/{process.Id}/cmdline").Contains("TaskPlatform.Api")
            && File.ReadAllText($"/proc/{process.Id}/environ").Contains($"Reviews__Root={root}\0");
        using var api = Process.GetProcesses().Single(process => Directory.Exists($"/proc/{process.Id}/fd") && Reads(process, isOurs));
        api.Kill();
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
