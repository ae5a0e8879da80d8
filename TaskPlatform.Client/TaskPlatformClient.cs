using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Polly.Timeout;
using TaskPlatform.Client.Agents;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Http;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

/// <summary>
/// Speaks to the service. Calls that the service recognises as repeats are repeated when an answer is missing: a POST by its
/// <c>Idempotency-Key</c>, claim id or lease token, which stays the same for one call however often it is sent, and all others always.
/// </summary>
/// <remarks>Refusals and unknown outcomes are thrown as <see cref="TaskPlatformException"/>. Thread-safe.</remarks>
public sealed partial class TaskPlatformClient
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly TaskPlatformClientOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Uses an HTTP client that has the service's address and, normally, the handlers of <c>AddTaskPlatformClient</c>.</summary>
    public TaskPlatformClient(HttpClient http, TaskPlatformClientOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _http = http;
        _options = options ?? new TaskPlatformClientOptions();
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Where streams go; null: there is no address for them.</summary>
    internal GrpcChannel? Streams { get; init; }

    /// <summary>How an agent is to speak with the service.</summary>
    internal IAgentLink Link(AgentOptions options, IReadOnlyList<string> types, ILogger log)
    {
        var http = new HttpLink(this, options, types);
        if (Streams is null) return http;
        return new AgentLink(new StreamLink(new Protocol.Tasks.TasksClient(Streams), options, types, _options, _time), http, options.AgentId, _time, log);
    }

    private static string NewKey() => Guid.NewGuid().ToString("N");

    private static string QueuePath(string queue) => $"/v1/queues/{Segment(queue)}";

    private static string TaskPath(string queue, string taskId) => $"{QueuePath(queue)}/tasks/{Segment(taskId)}";

    private static string Segment(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        // An address cannot carry these two: "tasks/.." is read as its parent.
        if (name is "." or "..") throw new ArgumentException($"'{name}' cannot be part of an address.", nameof(name));
        return Uri.EscapeDataString(name);
    }

    private static string WaitQuery(TimeSpan wait) =>
        wait > TimeSpan.Zero ? FormattableString.Invariant($"?waitSeconds={wait.TotalSeconds}") : "";

    private static TimeSpan CheckWait(TimeSpan wait)
    {
        if (wait < TimeSpan.Zero || wait > LongestWait)
            throw new ArgumentOutOfRangeException(nameof(wait), wait, "The service waits from 0 to 60 seconds; ask again to wait longer.");
        return wait;
    }

    /// <summary>All of a list, fetched page by page.</summary>
    private async IAsyncEnumerable<TItem> EachAsync<TPage, TItem>(
        Func<string?, string> pathOf, JsonTypeInfo<TPage> type, Func<TPage, (IReadOnlyList<TItem> Items, string? Next)> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            (var items, cursor) = read((await GetAsync(pathOf(cursor), type, cancellationToken)).OrThrow());
            foreach (var item in items) yield return item;
        }
        while (cursor is not null);
    }

    private Task<Answer<TAnswer>> GetAsync<TAnswer>(
        string path, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken, TimeSpan wait = default) =>
        ExchangeAsync(new HttpRequestMessage(HttpMethod.Get, path), Rule(wait), answer, cancellationToken);

    private Task<Answer<TAnswer>> PutAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> type, JsonTypeInfo<TAnswer> answer, CallRule rule, CancellationToken cancellationToken) =>
        ExchangeAsync(new HttpRequestMessage(HttpMethod.Put, path) { Content = Content(body, type) }, rule, answer, cancellationToken);

    /// <summary>Whether it was there; false also when an earlier attempt of the same call deleted it.</summary>
    /// <param name="path">What to delete.</param>
    /// <param name="gone">The problem that says that it is not there.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    private async Task<bool> TryDeleteAsync(string path, string gone, CancellationToken cancellationToken)
    {
        var answer = await ExchangeAsync(new HttpRequestMessage(HttpMethod.Delete, path), Rule(), WireJson.Default.RawJson, cancellationToken);
        if (answer.Failure?.ProblemType == gone) return false;
        answer.OrThrow();
        return true;
    }

    /// <summary>A POST that the service recognises by its key.</summary>
    private Task<Answer<TAnswer>> PostKeyedAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> type, JsonTypeInfo<TAnswer> answer, string? key, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(body, type) };
        request.Headers.Add(CallRule.IdempotencyKey, key ?? NewKey());
        return ExchangeAsync(request, Rule(), answer, cancellationToken);
    }

    /// <summary>A POST that the service recognises by a claim id or lease tokens in its body.</summary>
    private Task<Answer<TAnswer>> PostNamedAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> type, JsonTypeInfo<TAnswer> answer, CallRule rule, CancellationToken cancellationToken) =>
        ExchangeAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(body, type) },
            rule with { NamedInBody = true },
            answer,
            cancellationToken);

    private CallRule Rule(TimeSpan wait = default, TimeSpan? retryFor = null, TimeSpan? attemptTimeout = null) => new(
        (attemptTimeout < _options.AttemptTimeout ? attemptTimeout.Value : _options.AttemptTimeout) + wait,
        retryFor ?? (_options.RetryFor + wait),
        _time.GetTimestamp(),
        NamedInBody: false);

    private static ByteArrayContent Content<T>(T body, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(body, type)) { Headers = { ContentType = Json } };

    private async Task<Answer<T>> ExchangeAsync<T>(
        HttpRequestMessage request, CallRule rule, JsonTypeInfo<T> answer, CancellationToken cancellationToken)
    {
        using (request)
        {
            var (response, failure) = await SendAsync(request, rule, HttpCompletionOption.ResponseContentRead, cancellationToken);
            if (response is null) return new(default, failure);
            using (response) return await ReadAsync(response, answer, cancellationToken);
        }
    }

    /// <summary>The answer of a call that succeeded, or why there is none.</summary>
    private async Task<Answer<HttpResponseMessage>> SendAsync(
        HttpRequestMessage request, CallRule rule, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        rule.Attach(request);
        try
        {
            var response = await _http.SendAsync(request, completion, cancellationToken);
            if (response.IsSuccessStatusCode) return new(response, null);
            using (response) return new(null, await RefusalAsync(request, response, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException or IOException)
        {
            return new(null, new TaskPlatformException($"{Name(request)}: no answer. {e.Message}", null, null, null, e));
        }
    }

    private static async Task<Answer<T>> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NoContent) return new(default, null);
        try
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new(JsonSerializer.Deserialize(body, type), null);
        }
        catch (JsonException e)
        {
            var message = $"{Name(response.RequestMessage!)}: the answer is not what this client understands. {e.Message}";
            return new(default, new TaskPlatformException(message, response.StatusCode, null, null, e));
        }
    }

    private async Task<TaskPlatformException> RefusalAsync(
        HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problem = Problem.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        var fields = string.Concat(problem?.Errors?.Select(error => $" {error.Field}: {error.Message}") ?? []);
        var text = problem?.Detail ?? problem?.Title ?? response.ReasonPhrase;
        return new TaskPlatformException(
            $"{Name(request)}: {(int)response.StatusCode} {problem?.Name} {text}{fields}",
            response.StatusCode,
            problem,
            RetryAfter.Of(response, _time));
    }

    private static string Name(HttpRequestMessage request) => $"{request.Method} {request.RequestUri?.OriginalString}";
}
