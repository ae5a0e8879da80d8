using System.Collections.Concurrent;
using System.Diagnostics;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Tests.Upgrade;

/// <summary>
/// Callers that submit and work through one queue, whichever process serves it: who gets no answer, or is told that the queue is elsewhere, asks the other address with the
/// same id. What was acknowledged is written down, to be compared with what the queue holds at the end.
/// </summary>
internal sealed class TakeoverLoad : IAsyncDisposable
{
    private const string Queue = "turns";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<Uri, (HttpClient Http, TaskPlatformClient Client)> _clients = [];
    private readonly ConcurrentDictionary<string, byte> _submitted = [];
    private readonly ConcurrentDictionary<string, string> _completed = [];
    private readonly ConcurrentBag<string> _wrong = [];
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _callers = [];
    private readonly Lock _lock = new();
    private (Uri? Address, TaskCompletionSource<TimeSpan> Answered) _awaited = (null, new());
    private long _lastAnswer = Stopwatch.GetTimestamp();
    private int _number;

    /// <param name="addresses">Where the queue may be.</param>
    /// <param name="pairs">So many submit, and so many work.</param>
    public TakeoverLoad(IEnumerable<Uri> addresses, int pairs)
    {
        foreach (var address in addresses)
        {
            var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
            _clients.Add(address, (http, new TaskPlatformClient(http)));
        }
        for (var left = pairs; left > 0; left--) _callers.AddRange([Task.Run(SubmitAllAsync), Task.Run(WorkAllAsync)]);
    }

    /// <summary>How many submits were acknowledged.</summary>
    public int Submitted => _submitted.Count;

    /// <summary>What no caller may ever see.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>Completes with the gap between the last submit that anybody acknowledged and the first that this address does from now on.</summary>
    public Task<TimeSpan> AnsweredByAsync(Uri address)
    {
        lock (_lock)
        {
            _awaited = (address, new(TaskCreationOptions.RunContinuationsAsynchronously));
            return _awaited.Answered.Task;
        }
    }

    /// <summary>Ends the callers, works off what is left, and says which tasks were acknowledged and are not there or not done.</summary>
    public async Task<IReadOnlyList<string>> EndAsync(Uri address, CancellationToken cancellationToken)
    {
        await StopAsync();
        var client = _clients[address].Client;
        while (await WorkAsync(client, cancellationToken)) { }
        var found = new Dictionary<string, TaskInfo>();
        await foreach (var task in client.ListAsync(Queue, cancellationToken: cancellationToken)) found.Add(task.Id, task);
        var lost = _submitted.Keys.Where(id => !found.TryGetValue(id, out var task) || task.State != TaskState.Completed);
        return [.. lost.Union(_completed.Keys.Where(id => !found.ContainsKey(id)))];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var (http, _) in _clients.Values) http.Dispose();
        _end.Dispose();
    }

    private async Task StopAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_callers);
    }

    private Task SubmitAllAsync() => UntilEndAsync(async client =>
    {
        var id = $"t{Interlocked.Increment(ref _number):d8}";
        await RepeatAsync(client, async (asked, cancellationToken) =>
        {
            var task = await _clients[asked].Client.SubmitAsync(Queue, new SubmitTask { Id = id, Type = "work" }, cancellationToken: cancellationToken);
            if (task.Id != id) _wrong.Add($"{id} was answered as {task.Id}");
            _submitted.TryAdd(id, 0);
            Answered(asked);
        });
    });

    private Task WorkAllAsync() => UntilEndAsync(first => RepeatAsync(first, (asked, cancellationToken) => WorkAsync(_clients[asked].Client, cancellationToken)));

    private async Task UntilEndAsync(Func<Uri, Task> run)
    {
        var addresses = _clients.Keys.ToArray();
        for (var turn = 0; !_end.IsCancellationRequested; turn++)
        {
            await run(addresses[turn % addresses.Length]);
            await Task.WhenAny(Task.Delay(Pause, _end.Token));
        }
    }

    /// <summary>Asks one address after the other until one answers, or the end.</summary>
    private async Task RepeatAsync(Uri first, Func<Uri, CancellationToken, Task> call)
    {
        var addresses = _clients.Keys.Where(address => address != first).Prepend(first).ToArray();
        for (var attempt = 0; !_end.IsCancellationRequested; attempt++)
        {
            try
            {
                await call(addresses[attempt % addresses.Length], _end.Token);
                return;
            }
            catch (TaskPlatformException elsewhere) when (elsewhere.Problem is null or { Name: ProblemTypes.QueueUnavailable })
            {
                await Task.WhenAny(Task.Delay(Pause, _end.Token));
            }
            catch (Exception ended) when (ended is OperationCanceledException)
            {
                if (_end.IsCancellationRequested) return;
            }
        }
    }

    /// <returns>Whether there was anything to do.</returns>
    private async Task<bool> WorkAsync(TaskPlatformClient client, CancellationToken cancellationToken)
    {
        var claimed = await client.ClaimAsync(Queue, new ClaimRequest { AgentId = "worker", Max = 20, LeaseSeconds = 2, WaitSeconds = _end.IsCancellationRequested ? 5 : 0 }, cancellationToken);
        foreach (var task in claimed)
        {
            try
            {
                await client.CompleteAsync(Queue, task.Id, new CompleteRequest { LeaseToken = task.Lease!.Token }, cancellationToken);
                if (_completed.GetOrAdd(task.Id, task.Lease.Token) != task.Lease.Token) _wrong.Add($"{task.Id} was completed under two leases");
            }
            catch (TaskPlatformException late) when (late.Problem?.Name is ProblemTypes.LeaseLost or ProblemTypes.TaskFinished)
            {
                // It ran out while nobody served the queue.
            }
        }
        return claimed.Count > 0;
    }

    private void Answered(Uri address)
    {
        lock (_lock)
        {
            if (_awaited.Address == address)
            {
                _awaited.Address = null;
                _awaited.Answered.SetResult(Stopwatch.GetElapsedTime(_lastAnswer));
            }
            _lastAnswer = Stopwatch.GetTimestamp();
        }
    }
}
