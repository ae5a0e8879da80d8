using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskPlatform.LocalAspire.Running;

namespace TaskPlatform.Tests.Servers;

/// <summary>
/// Microsoft's Aspire dashboard as a process of one test: it takes telemetry at <see cref="OtlpUrl"/> (gRPC) and tells what came. Where it is not
/// installed (eng/get-dashboard.sh), starting it skips the test; with <c>CI=true</c> it fails.
/// </summary>
public sealed class DashboardServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Guard _guard;
    private readonly HttpClient _http;

    private DashboardServer(Guard guard, string url, string otlpUrl)
    {
        (_guard, Url, OtlpUrl) = (guard, url, otlpUrl);
        _http = new HttpClient { BaseAddress = new Uri(url), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Its pages and its API.</summary>
    public string Url { get; }

    /// <summary>For <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, with the protocol <c>grpc</c>.</summary>
    public string OtlpUrl { get; }

    /// <summary>Whether its program is here. A fixture asks this and lets its tests skip: xunit takes a skip in a fixture for a failure.</summary>
    public static bool IsInstalled => Installed is not null;

    private static string? Installed => OperatingSystem.IsWindows()
        ? null
        : DashboardProgram.Find(Environment.GetEnvironmentVariable(DashboardProgram.PathSetting), Repository.Root);

    /// <summary>Where its program is.</summary>
    public static string Program()
    {
        if (Installed is { } program) return program;
        const string missing = "The Aspire dashboard is not installed. eng/get-dashboard.sh brings it.";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", missing);
        throw new InvalidOperationException($"CI=true and {missing}");
    }

    /// <summary>Returns when it takes telemetry.</summary>
    public static async Task<DashboardServer> StartAsync()
    {
        var program = Program();
        var (url, otlpUrl) = ($"http://127.0.0.1:{FreePort.Next()}", $"http://127.0.0.1:{FreePort.Next()}");
        var guard = new Guard(Directory.CreateTempSubdirectory("taskplatform-").FullName, DashboardCommand.Of(
            program, url, otlpUrl, "Dashboard__TelemetryLimits__MaxTraceCount=200000", "Dashboard__TelemetryLimits__MaxLogCount=200000"));
        await guard.TellAsync("start", DashboardCommand.Ready);
        return new DashboardServer(guard, url, otlpUrl);
    }

    /// <summary>Who sent anything, each instance for itself.</summary>
    public async Task<IReadOnlyList<TelemetryResource>> ResourcesAsync(CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<TelemetryResource[]>("/api/telemetry/resources", cancellationToken))!;

    /// <summary>All spans so far; those of one trace when it is given.</summary>
    public async Task<IReadOnlyList<TelemetrySpan>> SpansAsync(CancellationToken cancellationToken, string? traceId = null) =>
        [.. TelemetrySpan.Read(await GetAsync("spans", traceId, cancellationToken))];

    /// <summary>All log lines so far; those of one trace when it is given.</summary>
    public async Task<IReadOnlyList<TelemetryLog>> LogsAsync(CancellationToken cancellationToken, string? traceId = null) =>
        [.. TelemetryLog.Read(await GetAsync("logs", traceId, cancellationToken))];

    /// <summary>The first span that is as wanted, whether it came already or comes later.</summary>
    /// <exception cref="TimeoutException">None came within a minute and a half.</exception>
    public Task<TelemetrySpan> WaitForSpanAsync(Func<TelemetrySpan, bool> isWanted, CancellationToken cancellationToken) =>
        WaitForAsync("spans", TelemetrySpan.Read, isWanted, cancellationToken);

    /// <summary>The first log line that is as wanted, whether it came already or comes later.</summary>
    /// <exception cref="TimeoutException">None came within a minute and a half.</exception>
    public Task<TelemetryLog> WaitForLogAsync(Func<TelemetryLog, bool> isWanted, CancellationToken cancellationToken) =>
        WaitForAsync("logs", TelemetryLog.Read, isWanted, cancellationToken);

    /// <summary>Ends it and all that it knows.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _guard.DisposeAsync();
    }

    private async Task<JsonElement> GetAsync(string what, string? traceId, CancellationToken cancellationToken)
    {
        var trace = traceId is null ? "" : $"&traceId={traceId}";
        var answer = await _http.GetFromJsonAsync<JsonElement>($"/api/telemetry/{what}?limit={int.MaxValue}{trace}", cancellationToken);
        return answer.GetProperty("data");
    }

    private async Task<T> WaitForAsync<T>(
        string what, Func<JsonElement, IEnumerable<T>> read, Func<T, bool> isWanted, CancellationToken cancellationToken)
        where T : class
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            await foreach (var line in FollowAsync(what, late.Token))
                if (read(line).FirstOrDefault(isWanted) is { } found) return found;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // One last look below: the dashboard drops some for a reader that is 1,000 behind.
        }
        var all = read(await GetAsync(what, traceId: null, cancellationToken)).ToList();
        return all.FirstOrDefault(isWanted) ?? throw new TimeoutException($"None of the dashboard's {all.Count} {what} is as wanted.");
    }

    private async IAsyncEnumerable<JsonElement> FollowAsync(string what, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(await _http.GetStreamAsync($"/api/telemetry/{what}?follow=true", cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
            if (line.Length > 0) yield return JsonElement.Parse(line);
    }
}
