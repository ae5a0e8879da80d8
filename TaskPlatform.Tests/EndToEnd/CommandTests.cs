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
        var data = Directory.CreateTempSubdirectory("taskplatform-");
        try
        {
            await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.TaskPlatform_AppHost>(
                [$"--Data:Root={data.FullName}"], Token);
            await using var app = await builder.BuildAsync(Token);
            await app.StartAsync(Token);
            foreach (var name in (string[])["api", "coder"]) await app.ResourceNotifications.WaitForResourceHealthyAsync(name, Token);
            using var http = app.CreateHttpClient("api");

            await PauseAndResumeAsync(app, http);
            await DrainAsync(app, http);
            await FailWithoutTheApiAsync(app);
        }
        finally
        {
            data.Delete(recursive: true);
        }
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
