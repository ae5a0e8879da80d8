using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace TaskPlatform.Tests.ServiceDefaults;

/// <summary>What the health address does whatever is checked behind it: it answers in time, and it does not fill the log.</summary>
public sealed class HealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_RedForManyRequests_IsLoggedOnceAndOnceMoreWhenGreen()
    {
        var result = HealthCheckResult.Unhealthy("Redis does not answer.");
        await using var app = await StartAsync(checks => checks.AddCheck("store", () => result));
        using var client = Client(app);

        for (var request = 0; request < 3; request++) await AskAsync(client);
        result = HealthCheckResult.Healthy();
        for (var request = 0; request < 3; request++) await AskAsync(client);

        var logged = app.Services.GetFakeLogCollector().GetSnapshot();
        Assert.Equal(
            ["Warning Health turned red. store: Redis does not answer.", "Information Health turned green."],
            logged.Where(record => record.Category!.Contains("Health", StringComparison.Ordinal)).Select(record => $"{record.Level} {record.Message}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Health_CheckThatHangs_IsNamedInTime(bool blocksItsThread)
    {
        using var released = new ManualResetEventSlim();
        var never = new TaskCompletionSource<HealthCheckResult>();
        await using var app = await StartAsync(checks => checks.Add(new HealthCheckRegistration(
            "stuck", _ => new Stuck(_ =>
            {
                if (blocksItsThread) released.Wait();
                return never.Task;
            }), null, null, TimeSpan.FromMilliseconds(200))));
        using var client = Client(app);

        var report = await AskAsync(client);

        var stuck = Assert.Single(report.GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "stuck");
        Assert.Equal(("Unhealthy", "No answer within 0.2 s."), (stuck.GetProperty("status").GetString(), stuck.GetProperty("description").GetString()));
        released.Set();
        never.SetResult(HealthCheckResult.Healthy());
    }

    [Fact]
    public async Task Health_CheckThatTakesTooLong_IsToldToStop()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<HealthCheckResult>();
        await using var app = await StartAsync(checks => checks.Add(new HealthCheckRegistration(
            "stuck", _ => new Stuck(stop =>
            {
                stop.Register(told.SetResult);
                return never.Task;
            }), null, null, TimeSpan.FromMilliseconds(200))));
        using var client = Client(app);

        await AskAsync(client);

        await told.Task.WaitAsync(Cancel);
        never.SetResult(HealthCheckResult.Healthy());
    }

    [Fact]
    public async Task Log_OfTheRedisClient_IsLeftToHealth()
    {
        await using var app = await StartAsync(_ => { });

        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("StackExchange.Redis.ConnectionMultiplexer");

        Assert.False(log.IsEnabled(LogLevel.Critical));
    }

    private static async Task<JsonElement> AskAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/health", Cancel);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.Single()) };

    private static async Task<WebApplication> StartAsync(Action<IHealthChecksBuilder> configure)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.Logging.AddFakeLogging();
        configure(builder.Services.AddHealthChecks());
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(Cancel);
        return app;
    }

    private sealed class Stuck(Func<CancellationToken, Task<HealthCheckResult>> check) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => check(cancellationToken);
    }
}
