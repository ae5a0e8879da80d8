using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>The calls of a measurement to one queue, none of which is repeated by the client itself.</summary>
internal sealed class QueueCalls : IDisposable
{
    private const int SubmitsPerCall = 10_000;

    private readonly HttpClient _http;
    private readonly TaskPlatformClient _client;
    private readonly string _queue;

    /// <param name="address">Where the service takes calls.</param>
    /// <param name="queue">The queue.</param>
    public QueueCalls(string address, string queue)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(5) };
        (_client, _queue) = (new TaskPlatformClient(_http), queue);
    }

    /// <summary>A queue that nobody used before: a Redis that ran already may have those of earlier measurements.</summary>
    public static string NewQueue(string name) => $"{name}-{Guid.NewGuid():n}";

    /// <summary>Submits so many tasks, 10,000 a call.</summary>
    /// <inheritdoc cref="SubmitAsync"/>
    public async Task FillAsync(int tasks, bool isKeyed)
    {
        for (var left = tasks; left > 0; left -= SubmitsPerCall) await SubmitAsync(Math.Min(left, SubmitsPerCall), isKeyed);
    }

    /// <summary>Submits so many tasks in one call.</summary>
    /// <param name="tasks">How many; one goes alone, more as a batch.</param>
    /// <param name="isKeyed">As the client does it, with an idempotency key for each call, of which the queue keeps one for each task; otherwise without.</param>
    public async Task SubmitAsync(int tasks, bool isKeyed)
    {
        var batch = Enumerable.Repeat(StampedPayload.Task, tasks).ToList();
        if (isKeyed && tasks == 1) await _client.SubmitAsync(_queue, StampedPayload.Task);
        else if (isKeyed) ThrowUnlessAll(await _client.SubmitBatchAsync(_queue, batch));
        else if (tasks == 1) await PostAsync("tasks", StampedPayload.Task, WireJson.Default.SubmitTask, WireJson.Default.TaskInfo);
        else
        {
            var request = new SubmitBatchRequest { Tasks = batch };
            ThrowUnlessAll((await PostAsync("tasks/batch", request, WireJson.Default.SubmitBatchRequest, WireJson.Default.BatchReply)).Outcomes);
        }
    }

    /// <summary>Submits one task of a type that no agent takes.</summary>
    public Task ReserveAsync(string type) => _client.SubmitAsync(_queue, StampedPayload.Task with { Type = type });

    /// <summary>Submits a graph in one call, with an idempotency key, as the client does it.</summary>
    public Task SubmitGraphAsync(IReadOnlyList<SubmitTask> tasks) => _client.SubmitGraphAsync(_queue, tasks);

    /// <summary>Asks until <c>/health</c> is green.</summary>
    public async Task HealthAsync()
    {
        while (true)
        {
            using var answer = await _http.GetAsync("/health");
            if (answer.IsSuccessStatusCode) return;
            await Pause();
        }
    }

    /// <summary>Asks for one task until there is an answer, and completes it.</summary>
    /// <param name="types">Which; null for any.</param>
    public async Task FirstClaimAsync(params string[]? types)
    {
        while (true)
        {
            try
            {
                var claimed = await _client.ClaimAsync(_queue, new ClaimRequest { AgentId = "first", Types = types is [] ? null : types });
                if (claimed is []) throw new InvalidOperationException("The service has come back without its tasks.");
                await SettleAsync(claimed);
                return;
            }
            catch (TaskPlatformException loading) when (loading.Problem?.Name == ProblemTypes.QueueUnavailable)
            {
                await Pause();
            }
        }
    }

    /// <summary>Claims and completes, one call for each.</summary>
    /// <param name="agent">Who.</param>
    /// <param name="most">As many as that at a time; one is completed alone, more as a batch.</param>
    /// <param name="wait">How long to wait for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> TakeAsync(string agent, int most, TimeSpan wait = default, CancellationToken cancellationToken = default)
    {
        var claim = new ClaimRequest { AgentId = agent, Max = most, WaitSeconds = wait.TotalSeconds };
        var claimed = await _client.ClaimAsync(_queue, claim, cancellationToken);
        if (most == 1 && claimed is [var task])
            await _client.CompleteAsync(_queue, task.Id, new CompleteRequest { LeaseToken = task.Lease!.Token }, cancellationToken);
        else if (claimed.Count > 0) await SettleAsync(claimed);
        return claimed.Count;
    }

    /// <summary>Claims one task after the other, and completes each; then submits as many.</summary>
    /// <returns>How long single claims and submits took, in the middle.</returns>
    public async Task<(TimeSpan Claim, TimeSpan Submit)> TimeOneByOneAsync(int calls)
    {
        var (claims, submits) = (new List<TimeSpan>(calls), new List<TimeSpan>(calls));
        for (var number = 0; number < calls; number++)
        {
            var clock = Stopwatch.StartNew();
            var claimed = await _client.ClaimAsync(_queue, new ClaimRequest { AgentId = "one-by-one" });
            claims.Add(clock.Elapsed);
            await _client.CompleteAsync(_queue, claimed[0].Id, new CompleteRequest { LeaseToken = claimed[0].Lease!.Token });
        }
        for (var number = 0; number < calls; number++) submits.Add(await Clocks.TimeAsync(() => SubmitAsync(1, isKeyed: false)));
        return (Middle(claims), Middle(submits));
    }

    /// <summary>What the service says of the queue, over all that was measured.</summary>
    public Task<QueueMetrics> MetricsAsync() => _client.GetMetricsAsync(_queue, TimeSpan.FromHours(2));

    /// <summary>How many tasks wait for an agent.</summary>
    public async Task<long> PendingAsync() => (await _client.GetQueueAsync(_queue)).Counts!["pending"];

    /// <summary>Nothing is lost and nothing is left.</summary>
    /// <param name="expected">How many tasks the queue was given in all.</param>
    public async Task ThrowUnlessCompletedAsync(long expected)
    {
        var counts = (await _client.GetQueueAsync(_queue)).Counts!;
        if (counts["completed"] != expected || counts.Values.Sum() != expected)
            throw new InvalidOperationException($"Of {expected} tasks there are {string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"))}.");
    }

    public void Dispose() => _http.Dispose();

    private static TimeSpan Middle(IEnumerable<TimeSpan> times) => times.Order().ElementAt(times.Count() / 2);

    private static Task Pause() => System.Threading.Tasks.Task.Delay(100);

    private async Task<TReply> PostAsync<TRequest, TReply>(string path, TRequest request, JsonTypeInfo<TRequest> asked, JsonTypeInfo<TReply> answered)
    {
        using var answer = await _http.PostAsJsonAsync($"/v1/queues/{_queue}/{path}", request, asked);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(answered))!;
    }

    private async Task SettleAsync(IReadOnlyList<TaskInfo> claimed) => ThrowUnlessAll(await _client.SettleBatchAsync(
        _queue, [.. claimed.Select(task => new Settlement { Id = task.Id, LeaseToken = task.Lease!.Token, Complete = new CompleteRequest() })]));

    private static void ThrowUnlessAll(IReadOnlyList<BatchOutcome> outcomes)
    {
        if (outcomes.FirstOrDefault(outcome => outcome.Problem is not null) is { } refused)
            throw new InvalidOperationException($"A task of the measurement was refused: {refused.Problem!.Title} {refused.Problem.Detail}");
    }
}
