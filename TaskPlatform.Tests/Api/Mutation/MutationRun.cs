using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Tests.Api.Mutation;

/// <summary>Sends requests, several at a time, and judges each answer.</summary>
internal sealed class MutationRun(HttpClient http, RequestGenerator requests, Vocabulary names)
{
    private const int AtOnce = 6;

    // A call that waits for longer is left by its caller, as callers do.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    // What Kestrel itself refuses before there is a call, and closes the connection over: a bad request line or header.
    private static readonly HashSet<int> BeforeTheCall = [400, 404, 405, 408, 411, 413, 414, 417, 431];

    /// <summary>How many answers there were of each kind: status, or status and problem.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new();

    /// <summary>What was wrong, with the request's number.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    /// <summary>Sends the requests from one number to another.</summary>
    public Task SendAsync(int first, int count, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (number, stop) =>
        {
            var request = requests.Make(number);
            try
            {
                if (await SendAsync(request, stop) is { } wrong) Wrong.Enqueue($"Request {number}: {wrong}\n{request}");
            }
            catch (HttpRequestException broken)
            {
                Wrong.Enqueue($"Request {number}: {broken.Message}\n{request}");
            }
        });

    /// <returns>What is wrong with the answer; null when nothing is.</returns>
    private async Task<string?> SendAsync(MutatedRequest request, CancellationToken cancellationToken)
    {
        var mayWait = request.Call.MayWait || request.IsElsewhere;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(mayWait ? Patience : Hang);
        try
        {
            using var message = request.ToMessage(http.BaseAddress!);
            using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream") return Count("200 events");
            var text = await answer.Content.ReadAsStringAsync(patience.Token);
            return Judge(request, (int)answer.StatusCode, answer, text);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return mayWait ? Count("left waiting") : $"no answer within {Hang}";
        }
    }

    private string? Judge(MutatedRequest request, int status, HttpResponseMessage answer, string text)
    {
        if (status is >= 200 and < 400)
        {
            if (text.Length > 0 && answer.Content.Headers.ContentType?.MediaType == "application/json") names.Learn(JsonElement.Parse(text));
            return Count($"{status}");
        }
        if (request.Method == "HEAD" && status < 500) return Count($"{status} HEAD");
        if (text.Length == 0 && BeforeTheCall.Contains(status)) return request.IsElsewhere || IsHeaderOdd(request) ? Count($"{status} bare") : $"{status} without a problem";
        if (answer.Content.Headers.ContentType?.MediaType != Problems.ContentType) return $"{status} is no problem: {text}";
        var problem = JsonElement.Parse(text);
        var name = problem.GetProperty("type").GetString()!.Replace(ProblemTypes.Prefix, "", StringComparison.Ordinal);
        if (problem.GetProperty("status").GetInt32() != status || Problems.StatusOf(name) != status || name == Problems.InternalError) return $"{status} with {text}";
        if (status == 503 && answer.Headers.RetryAfter is null) return $"503 without Retry-After: {text}";
        if (!request.IsElsewhere && !request.Call.Problems.Contains((status, name))) return $"{request.Call.Id} does not document {status} {name}: {text}";
        return Count(string.Create(CultureInfo.InvariantCulture, $"{status} {name}"));
    }

    private static bool IsHeaderOdd(MutatedRequest request) => request.Headers.Any(header => header.Name is "Expect" or "Upgrade");

    private string? Count(string kind)
    {
        Answers.AddOrUpdate(kind, 1, (_, count) => count + 1);
        return null;
    }
}
