using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TaskPlatform.AppHost.Review;

/// <summary>How far a review is.</summary>
/// <param name="State">Its state.</param>
/// <param name="Done">How many tasks are over.</param>
/// <param name="Total">How many there are.</param>
internal sealed record ReviewProgress(string State, int Done, int Total);

/// <summary>The service refused the review, or it ended without a report.</summary>
internal sealed class ReviewFailedException(string message) : Exception(message);

/// <summary>Asks the service for reviews. A service that is away for a while is waited for: it starts again and knows its reviews.</summary>
internal sealed class ReviewClient(Uri address) : IDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    // Asked each second: among the traces these calls would bury the review's own.
    private static readonly string Unrecorded = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00";

    private readonly HttpClient _http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = address };

    /// <summary>Starts a review.</summary>
    /// <returns>Its id, and how many files it has.</returns>
    /// <exception cref="ReviewFailedException">The service refuses the path.</exception>
    public async Task<(string Id, int Files)> StartAsync(string path, CancellationToken cancellationToken)
    {
        // The same key for each try: the review is started once.
        var key = Guid.NewGuid().ToString("N");
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, "/v1/reviews") { Headers = { { "Idempotency-Key", key } }, Content = JsonContent.Create(new { path }) },
            cancellationToken);
        var started = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return (started.GetProperty("reviewId").GetString()!, started.GetProperty("files").GetInt32());
    }

    /// <summary>How far a review is.</summary>
    public async Task<ReviewProgress> GetAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await GetResponseAsync($"/v1/reviews/{id}", cancellationToken);
        return (await response.Content.ReadFromJsonAsync<ReviewProgress>(cancellationToken))!;
    }

    /// <summary>A review's report or diff, exactly as it was sent.</summary>
    /// <exception cref="ReviewFailedException">There is none.</exception>
    public async Task<string> GetTextAsync(string id, string what, CancellationToken cancellationToken)
    {
        using var response = await GetResponseAsync($"/v1/reviews/{id}/{what}", cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
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
                throw new ReviewFailedException(await DetailAsync(response, cancellationToken));
            }
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null; // not there right now, or too slow
        }
    }

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
