using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.LocalAspire;

/// <summary>The real dashboard beside an application; skipped where it is not installed, unless CI=true.</summary>
public sealed class DashboardTests
{
    private const string Dashboard = "aspire-dashboard";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithADashboard_HandsItsAddressOverAndItAnswers()
    {
        await using var app = await StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Token);
        using var web = app.CreateHttpClient("web");
        using var dashboard = app.CreateHttpClient(Dashboard);

        var variables = (await web.GetFromJsonAsync<Dictionary<string, string>>("/variables", Token))!;
        var resources = await dashboard.GetFromJsonAsync<JsonElement>("/api/telemetry/resources", Token);

        Assert.Equal(app.GetEndpoint(Dashboard, "otlp-grpc").ToString().TrimEnd('/'), variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal(JsonValueKind.Array, resources.ValueKind);
        Assert.NotEqual(18888, dashboard.BaseAddress!.Port); // free ports in tests
    }

    [Fact]
    public async Task Stop_OfTheDashboard_LeavesTheOthersRunning()
    {
        await using var app = await StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Token);
        using var web = app.CreateHttpClient("web");

        await app.ResourceCommands.ExecuteCommandAsync(Dashboard, KnownResourceCommands.StopCommand, Token);

        await app.ResourceNotifications.WaitForResourceAsync(Dashboard, KnownResourceStates.TerminalStates, Token);
        Assert.True((await web.GetAsync("/health", Token)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Show_WithADashboard_NamesItsAddressAndKeepsItsLinesAway()
    {
        await using var host = new HostProcess("one", "--Probe:Dashboard=true", $"--ASPIRE_DASHBOARD_PATH={DashboardServer.Program()}");

        Assert.Matches($@"^\s+{Dashboard}\s+http://localhost:\d+$", await host.WaitForLineAsync(Dashboard, Token));
        await host.WaitForLineAsync("Its pages Resources and Console need Aspire's orchestrator", Token);
        Assert.DoesNotContain(host.Seen, line => line.StartsWith(Dashboard, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_WithADashboardThatFails_TellsSoAndStartsTheOthers()
    {
        await using var host = new HostProcess("one", "--Probe:Dashboard=true", "--ASPIRE_DASHBOARD_PATH=/bin/false");

        await host.WaitForLineAsync($"{Dashboard} | ended by itself with exit code 1", Token);
        Assert.Matches(@"^\s+web\s+http://localhost:\d+$", await host.WaitForLineAsync("  web", Token));
    }

    [Fact]
    public async Task Start_WithoutTheDashboardThatIsNamed_SaysWhatIsMissing()
    {
        await using var host = new HostProcess("one", "--Probe:Dashboard=true", "--ASPIRE_DASHBOARD_PATH=/nowhere");

        Assert.Equal(1, await host.WaitForExitAsync(Token));
        Assert.StartsWith($"error: '{Dashboard}' needs `/nowhere`", Assert.Single(host.Seen));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_WithoutADashboard_ExportsToTheProfilesAddressOnlyWhereSomebodyListens(bool listens)
    {
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        var url = $"http://localhost:{((IPEndPoint)collector.LocalEndpoint).Port}";
        if (!listens) collector.Stop();
        await using var host = new HostProcess(
            new Dictionary<string, string> { ["DOTNET_LAUNCH_PROFILE"] = "http", ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = url }, "one");
        var row = await host.WaitForLineAsync("  web", Token);
        using var web = new HttpClient { BaseAddress = new Uri(row.Split(' ')[^1]) };

        var variables = (await web.GetFromJsonAsync<Dictionary<string, string>>("/variables", Token))!;

        Assert.Equal(listens ? url : null, variables.GetValueOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT"));
    }

    private static async Task<DistributedApplication> StartAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.TaskPlatform_Tests_Probe>(
            [$"--ASPIRE_DASHBOARD_PATH={DashboardServer.Program()}"], (options, _) => options.DisableDashboard = false, Token);
        var app = await builder.BuildAsync(Token);
        await app.StartAsync(Token);
        return app;
    }
}
