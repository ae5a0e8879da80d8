using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace TaskPlatform.Tests.LocalAspire;

public sealed class ResourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OfAResourceThatWaits_ComesWhenTheOtherIsHealthy()
    {
        await using var app = await ProbeApp.StartAsync("waits");
        using var first = app.CreateHttpClient("first");
        await app.ResourceNotifications.WaitForResourceAsync("first", KnownResourceStates.Running, Token);
        await app.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.Waiting, Token);
        var states = new List<string>();
        await using var changes = app.ResourceNotifications.WatchAsync(Token).GetAsyncEnumerator(Token);

        Assert.True(await changes.MoveNextAsync()); // watching begins here
        await PostReadyAsync(first);
        do
        {
            var (name, now) = (changes.Current.Resource.Name, changes.Current.Snapshot);
            states.Add($"{name} {now.State!.Text} {now.HealthStatus}".TrimEnd());
        }
        while (states[^1] != "second Running Healthy" && await changes.MoveNextAsync());

        Assert.Contains("second Waiting", states);
        Assert.InRange(states.IndexOf("first Running Healthy"), 0, states.IndexOf("second Starting") - 1);
    }

    [Fact]
    public async Task Call_OfReplicas_ReachesEachBehindOneAddress()
    {
        await using var app = await ProbeApp.StartAsync("replicas");
        var ids = new HashSet<string>();
        await app.ResourceNotifications.WaitForResourceAsync("web", e =>
            e.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy && ids.Add(e.ResourceId) && ids.Count == 2, Token);
        using var web = app.CreateHttpClient("web");

        var variables = new[] { await VariablesAsync(web), await VariablesAsync(web) };

        foreach (var name in (string[])["ASPNETCORE_URLS", "OTEL_RESOURCE_ATTRIBUTES"])
            Assert.NotEqual(variables[0][name], variables[1][name]);
        Assert.Equal(variables[0]["OTEL_SERVICE_NAME"], variables[1]["OTEL_SERVICE_NAME"]);
    }

    [Fact]
    public async Task Call_ThroughTheAddress_PassesStreamsAndLargeBodies()
    {
        await using var app = await ProbeApp.StartAsync("one");
        await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Token);
        using var web = app.CreateHttpClient("web");

        using var stream = new StreamReader(await web.GetStreamAsync("/events", Token));
        Assert.Equal("data: first", await stream.ReadLineAsync(Token)); // while the answer goes on

        const int length = 64 << 20; // twice what a server takes unless it is told otherwise
        using var large = new ByteArrayContent(new byte[length]);
        using var answer = await web.PostAsync("/length", large, Token);
        Assert.Equal(length, await answer.Content.ReadFromJsonAsync<long>(Token));
    }

    [Fact]
    public async Task Call_ThroughTheAddress_KeepsHostAndTrace()
    {
        await using var app = await ProbeApp.StartAsync("one");
        await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Token);
        using var web = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = app.GetEndpoint("web") };
        const string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        web.DefaultRequestHeaders.Add("traceparent", trace);

        Assert.Equal($"{web.BaseAddress!.Authority} {trace}", await web.GetStringAsync("/host", Token));
    }

    [Fact]
    public async Task StartCommand_AfterAKill_BringsTheResourceBackAtItsAddress()
    {
        await using var app = await ProbeApp.StartAsync("one");
        await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Token);
        using var web = app.CreateHttpClient("web");
        var id = await web.GetFromJsonAsync<int>("/process", Token);

        using (var process = Process.GetProcessById(id)) process.Kill();
        var ended = await app.ResourceNotifications.WaitForResourceAsync("web", e => e.Snapshot.ExitCode is not null, Token);
        Assert.Equal((KnownResourceStates.Exited, 137), (ended.Snapshot.State!.Text, ended.Snapshot.ExitCode));
        using (var refused = await web.GetAsync("/process", Token)) Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        var result = await app.ResourceCommands.ExecuteCommandAsync("web", KnownResourceCommands.StartCommand, Token);
        Assert.True(result.Success, result.Message);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Token);
        Assert.NotEqual(id, await web.GetFromJsonAsync<int>("/process", Token));
    }

    [Fact]
    public async Task ExecuteCommand_OnAnUnknownResource_IsRefused()
    {
        await using var app = await ProbeApp.StartAsync("one");

        var result = await app.ResourceCommands.ExecuteCommandAsync("nobody", KnownResourceCommands.StopCommand, Token);

        Assert.False(result.Success);
        Assert.Contains("nobody", result.Message, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> VariablesAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<Dictionary<string, string>>("/variables", Token))!;

    // The process runs before it listens: the address answers 503 for that long.
    private static async Task PostReadyAsync(HttpClient client)
    {
        while (true)
        {
            using var answer = await client.PostAsync("/ready", null, Token);
            if (answer.IsSuccessStatusCode) return;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }
}
