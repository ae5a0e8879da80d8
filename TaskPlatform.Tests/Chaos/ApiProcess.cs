using System.Net;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Chaos;

/// <summary>The Api as a process of its own, between two networks that a test can harm: to its callers, and to its Redis.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private readonly ApiServer _api;
    private readonly HttpClient _http;

    private ApiProcess(TcpProxy redis, ApiServer api)
    {
        (Redis, Callers, Streams, _api) = (redis, new TcpProxy(api.Port), new TcpProxy(api.AgentsAddress.Streams!.Port), api);
        _http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
    }

    /// <summary>Where it listens, without a network in between.</summary>
    public Uri Address => _api.Address;

    /// <summary>What is between it and its Redis.</summary>
    public TcpProxy Redis { get; }

    /// <summary>What is between its callers and it.</summary>
    public TcpProxy Callers { get; }

    /// <summary>The same for those who speak gRPC.</summary>
    public TcpProxy Streams { get; }

    /// <param name="instance">The name under which it owns queues; no two that live may share one.</param>
    /// <param name="redisPort">Its Redis.</param>
    public static async Task<ApiProcess> StartAsync(string instance, int redisPort)
    {
        var redis = new TcpProxy(redisPort);
        try
        {
            var settings = new ApiServer($"127.0.0.1:{redis.Port},abortConnect=false") { Wrapper = ApiServer.Frugal, Settings = [$"--Queues:Instance={instance}"] };
            return new ApiProcess(redis, await TestServer.StartAsync(settings));
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    public Task KillAsync() => _api.KillAsync();

    /// <summary>Returns when it listens.</summary>
    public Task StartAgainAsync() => _api.RestartAsync();

    public Task StopAsync() => _api.StopAsync();

    public Task ContinueAsync() => _api.ContinueAsync();

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
        await _api.DisposeAsync();
        await Callers.DisposeAsync();
        await Streams.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
