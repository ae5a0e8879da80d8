using System.Net.Http.Json;
using System.Text.Json;
using TaskPlatform.LocalAspire.Running;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>Where a measured service sends its telemetry: Microsoft's Aspire dashboard, gone with this process.</summary>
internal sealed class Collector : IAsyncDisposable
{
    /// <summary>Says where telemetry goes.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Service = "measured";

    private readonly Guard _guard;
    private readonly string _pages;

    private Collector(Guard guard, string pages, string endpoint)
    {
        (_guard, _pages) = (guard, pages);
        Variables = [$"{EndpointVariable}={endpoint}", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", $"OTEL_SERVICE_NAME={Service}"];
    }

    /// <summary>For the service's environment. Everything else is as the SDK and the service have it.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <exception cref="MissingProgramException">It is not installed.</exception>
    public static async Task<Collector> StartAsync()
    {
        var program = DashboardProgram.Find(Environment.GetEnvironmentVariable(DashboardProgram.PathSetting), AppContext.BaseDirectory);
        if (program is null || !File.Exists(program))
            throw new MissingProgramException("Telemetry needs a collector: the Aspire dashboard is not installed. eng/get-dashboard.sh brings it, through npm.");
        var (pages, endpoint) = ($"http://127.0.0.1:{FreePort.Next()}", $"http://127.0.0.1:{FreePort.Next()}");
        var guard = new Guard(Directory.CreateTempSubdirectory("taskplatform-").FullName, DashboardCommand.Of(program, pages, endpoint));
        await guard.TellAsync("start", DashboardCommand.Ready);
        return new Collector(guard, pages, endpoint);
    }

    /// <summary>Nothing was measured where nothing came: the service sends traces within seconds, or it does not send.</summary>
    /// <exception cref="InvalidOperationException">No traces of the service came within half a minute.</exception>
    public async Task ThrowUnlessReceivedAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(_pages) };
        for (var asked = 0; asked < 30; asked++)
        {
            var senders = await http.GetFromJsonAsync<JsonElement[]>("/api/telemetry/resources");
            if (senders!.Any(sender => sender.GetProperty("name").GetString() == Service && sender.GetProperty("hasTraces").GetBoolean())) return;
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
        throw new InvalidOperationException("No traces of the service came to the collector.");
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();
}
