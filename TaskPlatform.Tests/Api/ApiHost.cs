using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using OpenTelemetry.Trace;
using TaskPlatform.Api.Queues;
using TaskPlatform.Tests.Servers;
using TaskPlatform.Tests.Telemetry;

[assembly: AssemblyFixture(typeof(TaskPlatform.Tests.Api.SharedApi))]

namespace TaskPlatform.Tests.Api;

/// <summary>The Api's own program on a real Kestrel, a free port and a given Redis.</summary>
internal sealed class ApiHost : WebApplicationFactory<IQueueOwners>
{
    private readonly string _redis;
    private readonly string? _reviewsRoot;
    private readonly int _streamPort = FreePort.Next();
    private readonly IReadOnlyList<(string Name, string Value)> _settings;

    public ApiHost(string redis, string? reviewsRoot = null, IReadOnlyList<(string Name, string Value)>? settings = null)
    {
        (_redis, _reviewsRoot, _settings) = (redis, reviewsRoot, settings ?? []);
        UseKestrel();
        StartServer();
        var http = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address)).First(address => address.Port != _streamPort);
        Http = CreateClient(new WebApplicationFactoryClientOptions { BaseAddress = http });
    }

    /// <summary>A client that speaks to the service.</summary>
    public HttpClient Http { get; }

    /// <summary>Where agents find it.</summary>
    public ServiceAddress Address => new(Http.BaseAddress!, new Uri($"http://127.0.0.1:{_streamPort}"));

    /// <summary>What was logged of faults.</summary>
    public IReadOnlyList<string> Faults => [.. Services.GetFakeLogCollector().GetSnapshot().Select(logged => logged.Message)];

    /// <summary>Spans that ended.</summary>
    public SpanShelf Spans { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // By setting, for the factory's own way to choose a port changes it on a server that may already have started.
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseSetting("Grpc:Port", $"{_streamPort}");
        builder.UseSetting("ConnectionStrings:redis", _redis);
        builder.UseSetting("Queues:Instance", "api-tests");
        builder.UseSetting("WarmUp:Seconds", "0");
        foreach (var (name, value) in _settings) builder.UseSetting(name, value);
        if (_reviewsRoot is not null) builder.UseSetting("Reviews:Root", _reviewsRoot);
        builder.ConfigureLogging(logging => logging.AddFakeLogging(kept => kept.FilteredLevels = new HashSet<LogLevel> { LogLevel.Error, LogLevel.Critical }));
        builder.ConfigureTestServices(services => services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(Spans)));
    }
}

/// <summary>
/// One service and one Redis for all tests of the HTTP interface, started by the first that asks. Tests share nothing but these: each has a
/// queue of its own.
/// </summary>
public sealed class SharedApi : IAsyncDisposable
{
    private readonly RedisServer _redis = new();
    private readonly Lazy<Task<ApiHost>> _host;

    public SharedApi() => _host = new Lazy<Task<ApiHost>>(StartAsync);

    internal Task<ApiHost> HostAsync() => _host.Value;

    /// <summary>For StackExchange.Redis.</summary>
    internal async Task<string> RedisAsync()
    {
        await _host.Value;
        return _redis.ConnectionString;
    }

    /// <summary>A queue that nobody else uses.</summary>
    internal async Task<QueueCalls> QueueAsync() => new((await HostAsync()).Http, $"q-{Guid.NewGuid():N}");

    public async ValueTask DisposeAsync()
    {
        if (_host is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await _host.Value.Result.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private async Task<ApiHost> StartAsync()
    {
        await _redis.InitializeAsync();
        var connection = _redis.ConnectionString;
        return await Task.Run(() => new ApiHost(connection));
    }
}
