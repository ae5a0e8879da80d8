using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace TaskPlatform.Tests.EndToEnd;

/// <summary>The commands of the AppHost, asked for as Aspire's dashboard does.</summary>
public sealed class CommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_OfTheApplicationsCommands_ReachesQueuesAndAgentsOrSaysWhyNot()
    {
        await using var stack = await RunningStack.StartAsync("api", "coder");
        using var http = stack.App.CreateHttpClient("api");

        await PauseAndResumeAsync(stack.App, http);
        await DrainAsync(stack.App, http);
        await FailWithoutTheApiAsync(stack.App);
    }

    private static async Task PauseAndResumeAsync(DistributedApplication app, HttpClient http)
    {
        foreach (var queue in (string[])["one", "two"])
            (await http.PostAsJsonAsync($"/v1/queues/{queue}/tasks", new { id = "a", type = "t" }, Token)).EnsureSuccessStatusCode();

        var paused = await app.ResourceCommands.ExecuteCommandAsync("api", "pause-queues", Token);
        Assert.True(paused.Success, paused.Message);
        foreach (var queue in (string[])["one", "two"]) Assert.True(await IsAsync(http, $"/v1/queues/{queue}", "paused"));

        var resumed = await app.ResourceCommands.ExecuteCommandAsync("api", "resume-queues", Token);
        Assert.True(resumed.Success, resumed.Message);
        foreach (var queue in (string[])["one", "two"]) Assert.False(await IsAsync(http, $"/v1/queues/{queue}", "paused"));
    }

    private static async Task DrainAsync(DistributedApplication app, HttpClient http)
    {
        // A process that is healthy has not necessarily said yet which agent it is; one that has ended a task has.
        (await http.PostAsJsonAsync("/v1/queues/reviews/tasks", new { id = "without-payload", type = "coding" }, Token)).EnsureSuccessStatusCode();
        var ended = await http.GetFromJsonAsync<JsonElement>("/v1/queues/reviews/tasks/without-payload?waitSeconds=60", Token);
        Assert.Equal("failed", ended.GetProperty("state").GetString());

        var drained = await app.ResourceCommands.ExecuteCommandAsync("coder", "drain", Token);

        Assert.True(drained.Success, drained.Message);
        var agents = await http.GetFromJsonAsync<JsonElement>("/v1/queues/reviews/agents", Token);
        var draining = agents.GetProperty("agents").EnumerateArray()
            .Where(agent => agent.TryGetProperty("draining", out var value) && value.GetBoolean()).Select(agent => agent.GetProperty("agentId").GetString());
        Assert.Equal(["coder"], draining.Distinct());
    }

    private static async Task FailWithoutTheApiAsync(DistributedApplication app)
    {
        await app.ResourceCommands.ExecuteCommandAsync("api", KnownResourceCommands.StopCommand, Token);

        var refused = await app.ResourceCommands.ExecuteCommandAsync("coder", "drain", Token);

        Assert.False(refused.Success);
        Assert.Contains("'api' did not do it", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> IsAsync(HttpClient http, string path, string property) =>
        (await http.GetFromJsonAsync<JsonElement>(path, Token)).TryGetProperty(property, out var value) && value.GetBoolean();
}
