using System.Net.Sockets;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>Asks one process whether it is healthy, at its own port and not at the one shared with other replicas.</summary>
internal sealed class Health(Instance instance)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) });

    /// <summary>Whether there is anything to ask; without, a process that runs is healthy.</summary>
    public bool IsProbed => Probes().Any();

    /// <summary>Null when all is well, else what is not.</summary>
    public async Task<string?> FindTroubleAsync(CancellationToken cancellationToken)
    {
        foreach (var probe in Probes())
            if (await TryAsync(probe, cancellationToken) is { } trouble) return trouble;
        return null;
    }

    private IEnumerable<Func<CancellationToken, Task<string?>>> Probes()
    {
        foreach (var check in instance.Resource.Annotations.OfType<HttpHealthAnnotation>())
            yield return token => GetAsync(check, token);
        if (instance.Resource is not ExecutableResource) yield break;
        foreach (var endpoint in instance.Endpoints.Where(endpoint => !endpoint.IsHttp))
            yield return token => ConnectAsync(instance.Port(endpoint), endpoint.UriScheme == "redis", token);
    }

    private async Task<string?> GetAsync(HttpHealthAnnotation check, CancellationToken cancellationToken)
    {
        var endpoint = instance.Endpoints.FirstOrDefault(endpoint => check.EndpointName is { } name ? endpoint.Name == name : endpoint.IsHttp);
        if (endpoint is null) return $"it has no http endpoint to ask for {check.Path}";
        using var answer = await Http.GetAsync(new Uri($"http://localhost:{instance.Port(endpoint)}{check.Path}"), cancellationToken);
        return (int)answer.StatusCode == check.StatusCode ? null : $"{check.Path} answers {(int)answer.StatusCode}";
    }

    // A Redis that still loads its file takes connections already; only PONG says that it serves.
    private static async Task<string?> ConnectAsync(int port, bool isRedis, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        if (!isRedis) return null;
        var stream = client.GetStream();
        await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadLineAsync(cancellationToken);
        return answer is "+PONG" ? null : $"PING is answered with '{answer}'";
    }

    private static async Task<string?> TryAsync(Func<CancellationToken, Task<string?>> probe, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            return await probe(limited.Token);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer within 5 s";
        }
    }
}
