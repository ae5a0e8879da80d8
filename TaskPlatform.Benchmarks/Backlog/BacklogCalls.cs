using System.Net.Http.Json;
using System.Text;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Benchmarks.Backlog;

/// <summary>The calls of the measurement, none of which is repeated by the client itself.</summary>
internal sealed class BacklogCalls : IDisposable
{
    /// <summary>The payload of every task, in bytes of JSON.</summary>
    public const int PayloadBytes = 256;

    private const int SubmitsPerCall = 10_000;
    private const int ClaimsPerCall = 1_000;

    private static readonly SubmitTask Task = new()
    {
        Type = "work",
        Payload = RawJson.FromTrusted(Encoding.UTF8.GetBytes($"\"{new string('x', PayloadBytes - 2)}\"")),
    };

    private readonly HttpClient _http;
    private readonly TaskPlatformClient _client;
    private readonly string _queue = $"backlog-{Guid.NewGuid():n}";

    public BacklogCalls(int port)
    {
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(5) };
        _client = new TaskPlatformClient(_http);
    }

    /// <summary>Submits so many tasks.</summary>
    /// <param name="tasks">How many.</param>
    /// <param name="isKeyed">As the client does it, with an idempotency key for each call, of which the queue keeps one for each task; otherwise without.</param>
    public async Task FillAsync(int tasks, bool isKeyed)
    {
        for (var left = tasks; left > 0; left -= SubmitsPerCall)
        {
            var batch = Enumerable.Repeat(Task, Math.Min(left, SubmitsPerCall)).ToList();
            if (isKeyed) ThrowUnlessAll(await _client.SubmitBatchAsync(_queue, batch));
            else await SubmitAsync(new SubmitBatchRequest { Tasks = batch });
        }
    }

    private async Task SubmitAsync(SubmitBatchRequest batch)
    {
        using var answer = await _http.PostAsJsonAsync($"/v1/queues/{_queue}/tasks/batch", batch);
        ThrowUnlessAll((await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<BatchReply>())!.Outcomes);
    }

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
    public async Task FirstClaimAsync()
    {
        while (true)
        {
            try
            {
                var claimed = await _client.ClaimAsync(_queue, new ClaimRequest { AgentId = "first" });
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

    /// <summary>Claims as many as one call may, and completes them.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> TakeAsync()
    {
        var claimed = await _client.ClaimAsync(_queue, new ClaimRequest { AgentId = "drain", Max = ClaimsPerCall });
        if (claimed.Count > 0) await SettleAsync(claimed);
        return claimed.Count;
    }

    public void Dispose() => _http.Dispose();

    private static Task Pause() => System.Threading.Tasks.Task.Delay(100);

    private async Task SettleAsync(IReadOnlyList<TaskInfo> claimed) => ThrowUnlessAll(await _client.SettleBatchAsync(
        _queue, [.. claimed.Select(task => new Settlement { Id = task.Id, LeaseToken = task.Lease!.Token, Complete = new CompleteRequest() })]));

    private static void ThrowUnlessAll(IReadOnlyList<BatchOutcome> outcomes)
    {
        if (outcomes.FirstOrDefault(outcome => outcome.Problem is not null) is { } refused)
            throw new InvalidOperationException($"A task of the measurement was refused: {refused.Problem!.Title} {refused.Problem.Detail}");
    }
}
