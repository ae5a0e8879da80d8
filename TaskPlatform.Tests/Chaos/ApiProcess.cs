using System.Net;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Chaos;

/// <summary>The Api as a process of its own, between two networks that a test can harm: to its callers, and to its Redis.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on";

    /// <summary>Without what makes a long life faster and a short one slower: a process lives for seconds here.</summary>
    public static readonly IReadOnlyList<string> DotNet = ["env", "DOTNET_TieredPGO=0", "DOTNET_gcServer=0", "dotnet"];

    private readonly Guard _guard;
    private readonly HttpClient _http;

    private ApiProcess(string instance, int redisPort)
    {
        var port = FreePort.Next();
        (Redis, Callers) = (new TcpProxy(redisPort), new TcpProxy(port));
        Address = new Uri($"http://127.0.0.1:{port}");
        _http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        var program = Path.Combine(AppContext.BaseDirectory, "TaskPlatform.Api.dll");
        var folder = Directory.CreateTempSubdirectory("taskplatform-api-").FullName;
        _guard = new Guard(folder,
            [.. DotNet, program, $"--urls={Address}", $"--ConnectionStrings:redis=127.0.0.1:{Redis.Port},abortConnect=false", $"--Queues:Instance={instance}"]);
    }

    /// <summary>Where it listens, without a network in between.</summary>
    public Uri Address { get; }

    /// <summary>What is between it and its Redis.</summary>
    public TcpProxy Redis { get; }

    /// <summary>What is between its callers and it.</summary>
    public TcpProxy Callers { get; }

    /// <param name="instance">The name under which it owns queues; no two that live may share one.</param>
    /// <param name="redisPort">Its Redis.</param>
    public static async Task<ApiProcess> StartAsync(string instance, int redisPort)
    {
        var api = new ApiProcess(instance, redisPort);
        try
        {
            await api.StartAgainAsync();
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    public Task KillAsync() => _guard.TellAsync("kill", "guard:kill");

    /// <summary>Returns when it listens.</summary>
    public Task StartAgainAsync() => _guard.TellAsync("start", Listening);

    public Task StopAsync() => _guard.TellAsync("stop", "guard:stop");

    public Task ContinueAsync() => _guard.TellAsync("continue", "guard:continue");

    /// <summary>Whether <c>/health</c> is green.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync("/health", cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _guard.DisposeAsync();
        await Callers.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
