using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TaskPlatform.AppHost.Commands;

/// <summary>The service refused what a command asked for, or it ended without a result.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);

/// <summary>Calls a service for a command. One that is away for a while is waited for: it starts again and knows what it was asked.</summary>
internal sealed class ServiceClient(Uri address) : IDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    // Asked each second: among the traces these calls would bury those of the work.
    private static readonly string Unrecorded = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00";

    private readonly HttpClient _http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = address };

    /// <summary>Reads.</summary>
    /// <exception cref="CommandFailedException">It is refused.</exception>
    public async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await GetResponseAsync(path, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<T>(cancellationToken))!;
    }

    /// <summary>Reads a text, exactly as it was sent.</summary>
    /// <exception cref="CommandFailedException">There is none.</exception>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await GetResponseAsync(path, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Whether there is something at a path by now.</summary>
    public async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(path, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (IsAway(e, cancellationToken))
        {
            return false;
        }
    }

    /// <summary>Asks for something, once however often it is tried.</summary>
    /// <exception cref="CommandFailedException">It is refused.</exception>
    public async Task<JsonElement> PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, path) { Headers = { { "Idempotency-Key", key } }, Content = JsonContent.Create(body) }, cancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> GetResponseAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "traceparent", Unrecorded } } }, cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenTries);
        while (true)
        {
            if (await TrySendAsync(request(), cancellationToken) is { } response) return response;
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task<HttpResponseMessage?> TrySendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await _http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) return response;
            using (response)
            {
                if (response.StatusCode >= HttpStatusCode.InternalServerError) return null;
                throw new CommandFailedException(await DetailAsync(response, cancellationToken));
            }
        }
        catch (Exception e) when (IsAway(e, cancellationToken))
        {
            return null;
        }
    }

    // Not there right now, or too slow.
    private static bool IsAway(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            return JsonDocument.Parse(text).RootElement.TryGetProperty("detail", out var detail) ? detail.GetString()! : text;
        }
        catch (JsonException)
        {
            return $"{(int)response.StatusCode} {text}";
        }
    }
}
