using System.Threading.Channels;
using Grpc.Core;
using TaskPlatform.Client.Agents;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Client.Wire;
using Settlement = TaskPlatform.Client.Wire.Settlement;

namespace TaskPlatform.Client.Grpc;

/// <summary>
/// An agent over a gRPC stream: the service pushes tasks as far as there is room, and every heartbeat and settlement of all its tasks goes over the same stream,
/// many in a message. When the stream breaks another is opened, which names the grants that are held and repeats what was not answered.
/// </summary>
internal sealed class StreamLink : IAgentLink
{
    private const int HeartbeatBytes = 128;

    private readonly Tasks.TasksClient _client;
    private readonly AgentOptions _options;
    private readonly IReadOnlyList<string> _types;
    private readonly TaskPlatformClientOptions _patience;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _opening = new(1);
    private readonly Channel<TaskInfo> _granted = Channel.CreateUnbounded<TaskInfo>();
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, Call> _calls = [];
    private Connection? _connection;
    private ulong _number;
    private int _credit; // what the service may still send over this connection

    public StreamLink(Tasks.TasksClient client, AgentOptions options, IReadOnlyList<string> types, TaskPlatformClientOptions patience, TimeProvider time)
        => (_client, _options, _types, _patience, _time) = (client, options, types, patience, time);

    private sealed record Held(string Token, Action<StopReason>? Stop);

    private sealed record Call(Action<WorkRequest> Put, int Bytes, TaskCompletionSource<Reply> Answer);

    private readonly record struct Reply(HeartbeatReply? Beat, TaskPlatformException? Failure);

    /// <summary>Whether there is a stream that has not broken.</summary>
    public bool IsOpen => !Ended.IsCompleted;

    /// <summary>Completes when there is no stream any more.</summary>
    internal Task Ended => _connection?.Ended ?? Task.CompletedTask;

    public async Task<TaskPlatformException?> OpenAsync(CancellationToken stop)
    {
        if (IsOpen) return null;
        await _opening.WaitAsync(stop);
        try
        {
            if (IsOpen) return null;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(_patience.AttemptTimeout);
            var first = Hello();
            var (connection, welcome) = await Connection.OpenAsync(_client, first, Receive, limit.Token);
            Adopt(connection, first.Hello, welcome);
            return null;
        }
        catch (RpcException failure)
        {
            stop.ThrowIfCancellationRequested();
            return Messages.Refusal("work", failure);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            return new TaskPlatformException($"work: no answer. {failure.Message}", null, null, null, failure);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async Task<Answer<IReadOnlyList<TaskInfo>>> ClaimAsync(int most, TimeSpan wait, CancellationToken stop)
    {
        if (await OpenAsync(stop) is { } failure) return new([], failure);
        var connection = _connection!;
        Want(connection, most);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var granted = _granted.Reader.WaitToReadAsync(late.Token).AsTask();
        if (!granted.IsCompleted && wait > TimeSpan.Zero) await Task.WhenAny(granted, connection.Ended, Task.Delay(wait, _time, late.Token));
        await late.CancelAsync();
        await ((Task)granted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var tasks = new List<TaskInfo>();
        while (tasks.Count < most && TakeGranted() is { } task) tasks.Add(task);
        if (tasks.Count == 0) stop.ThrowIfCancellationRequested();
        return new(tasks, null);
    }

    public async Task GiveBackAsync(CancellationToken stop)
    {
        if (_connection is { IsOpen: true } open) open.Outbox.Add(true, 1, static (message, _) => message.Stop = true);
        while (TakeGranted() is { } task)
            await SettleAsync(new Settlement { Id = task.Id, LeaseToken = task.Lease!.Token, Release = new ReleaseRequest() }, TimeSpan.Zero, stop);
    }

    public IDisposable Hold(string taskId, string token, Action<StopReason> stop)
    {
        var held = new Held(token, stop);
        lock (_lock) _held[taskId] = held;
        return new Holding(this, taskId, held);
    }

    public async Task<Answer<HeartbeatReply>> HeartbeatAsync(
        string taskId, HeartbeatRequest beat, TimeSpan retryFor, TimeSpan attemptTimeout, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(
            number => (message => message.Heartbeats.Add(Messages.Heartbeat(number, taskId, beat)), HeartbeatBytes + (beat.Checkpoint?.Utf8.Length ?? 0)),
            retryFor, attemptTimeout, cancellationToken);
        return new(reply.Beat, reply.Failure);
    }

    public async Task<TaskPlatformException?> SettleAsync(Settlement settlement, TimeSpan retryFor, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(
            number => (message => message.Settlements.Add(Messages.Settlement(number, settlement)), HeartbeatBytes + (settlement.Complete?.Result?.Utf8.Length ?? 0)),
            retryFor, _patience.AttemptTimeout, cancellationToken);
        return reply.Failure;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.CloseAsync().WaitAsync(TimeSpan.FromSeconds(1), _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await connection.DisposeAsync();
        }
        _opening.Dispose();
    }

    private WorkRequest Hello()
    {
        var hello = new Hello
        {
            Queue = _options.Queue,
            AgentId = _options.AgentId,
            InstanceId = _options.InstanceId,
            MaxConcurrency = _options.MaxConcurrency,
            LeaseSeconds = _options.LeaseSeconds ?? 0,
            SpeedClass = _options.SpeedClass?.ToString().ToLowerInvariant() ?? "",
        };
        if (_options.CostPerToken is { } cost) hello.CostPerToken = cost;
        hello.Capabilities.AddRange(_options.Capabilities);
        hello.Types_.AddRange(_types);
        lock (_lock)
        {
            foreach (var (id, held) in _held) hello.Held.Add(new HeldLease { Id = id, Token = held.Token });
            return new WorkRequest { Hello = hello };
        }
    }

    /// <summary>
    /// Goes on over a new stream: grants that did not outlive the gap are lost, begun or not, and what has no answer yet is sent again. Tasks come when they
    /// are asked for anew: a stream that a settlement opened must not bring any that nobody waits for.
    /// </summary>
    private void Adopt(Connection connection, Hello hello, Welcome welcome)
    {
        List<Action<StopReason>> lost = [];
        lock (_lock)
        {
            (_connection, _credit) = (connection, 0);
            // What was not named, as it was claimed over HTTP in this very moment, is not lost.
            var kept = welcome.Kept.Select(lease => lease.Token).ToHashSet();
            foreach (var named in hello.Held.Where(named => !kept.Contains(named.Token) && _held.GetValueOrDefault(named.Id)?.Token == named.Token))
            {
                if (Lose(named.Id) is { } stop) lost.Add(stop);
            }
            ForgetLostGrants();
            foreach (var call in _calls.Values) connection.Outbox.Add(call.Put, call.Bytes, static (message, put) => put(message));
        }
        foreach (var stop in lost) stop(StopReason.LeaseLost);
        foreach (var lease in welcome.Kept.Where(lease => lease.CancelRequested)) StopOf(lease.Id)?.Invoke(StopReason.CancelRequested);
    }

    private void Want(Connection connection, int most)
    {
        lock (_lock)
        {
            var more = most - _credit - _granted.Reader.Count;
            if (more <= 0) return;
            _credit += more;
            connection.Outbox.Add(more, 4, static (message, credit) => message.Credit += credit);
        }
    }

    private void Receive(WorkReply reply)
    {
        foreach (var grant in reply.Grants) Take(grant);
        foreach (var outcome in reply.Settlements) Answer(outcome.Number, new Reply(null, Failure("settle", outcome.Problem)));
        foreach (var outcome in reply.Heartbeats) Answer(outcome.Number, Beaten(outcome));
        foreach (var lost in reply.Lost) Lose(lost.Id)?.Invoke(StopReason.LeaseLost);
        foreach (var cancel in reply.Cancels) StopOf(cancel.Id)?.Invoke(StopReason.CancelRequested);
    }

    private void Take(Grant grant)
    {
        var task = Messages.Task(grant, _options.Queue, _time);
        lock (_lock)
        {
            _credit--;
            _held[task.Id] = new Held(grant.Token, Stop: null);
        }
        _granted.Writer.TryWrite(task);
    }

    /// <summary>The next task that was granted and not lost since.</summary>
    private TaskInfo? TakeGranted()
    {
        while (_granted.Reader.TryRead(out var task))
        {
            if (IsHeld(task)) return task;
        }
        return null;
    }

    private void ForgetLostGrants()
    {
        for (var left = _granted.Reader.Count; left > 0 && _granted.Reader.TryRead(out var task); left--)
        {
            if (IsHeld(task)) _granted.Writer.TryWrite(task);
        }
    }

    private bool IsHeld(TaskInfo task)
    {
        lock (_lock) return _held.GetValueOrDefault(task.Id)?.Token == task.Lease!.Token;
    }

    private static Reply Beaten(HeartbeatOutcome outcome) => outcome.Problem is { } problem
        ? new(null, Messages.Refusal("heartbeat", problem))
        : new(new HeartbeatReply { ExpiresInSeconds = outcome.LeaseSeconds, CancelRequested = outcome.CancelRequested }, null);

    private static TaskPlatformException? Failure(string what, Protocol.Problem? problem) => problem is null ? null : Messages.Refusal(what, problem);

    private void Answer(ulong number, Reply reply)
    {
        Call? call;
        lock (_lock) _calls.Remove(number, out call);
        call?.Answer.TrySetResult(reply);
    }

    /// <returns>Who is to be told; null where the task was not begun: then it is not handed over any more.</returns>
    private Action<StopReason>? Lose(string taskId)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(taskId, out var held)) return null;
            if (held.Stop is null) _held.Remove(taskId);
            return held.Stop;
        }
    }

    private Action<StopReason>? StopOf(string taskId)
    {
        lock (_lock) return _held.GetValueOrDefault(taskId)?.Stop;
    }

    /// <summary>Asks, and repeats what may have happened or not, for so long.</summary>
    private async Task<Reply> AskAsync(
        Func<ulong, (Action<WorkRequest> Put, int Bytes)> write, TimeSpan retryFor, TimeSpan attemptTimeout, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        for (var pause = _patience.RetryDelay; ; pause = Shorter(2 * pause, _patience.MaxRetryDelay))
        {
            var reply = await AskOnceAsync(write, attemptTimeout, cancellationToken);
            if (reply.Failure is not { IsOutcomeUnknown: true } unknown) return reply;
            var wait = unknown.RetryAfter > pause ? unknown.RetryAfter.Value : pause;
            if (_time.GetElapsedTime(began) + wait >= retryFor) return reply;
            await Task.Delay(wait, _time, cancellationToken);
        }
    }

    private async Task<Reply> AskOnceAsync(Func<ulong, (Action<WorkRequest> Put, int Bytes)> write, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (await OpenAsync(cancellationToken) is { } failure) return new(null, failure);
        var number = Interlocked.Increment(ref _number);
        var (put, bytes) = write(number);
        var call = new Call(put, bytes, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _calls.Add(number, call);
            _connection!.Outbox.Add(put, bytes, static (message, put) => put(message));
        }
        try
        {
            return await call.Answer.Task.WaitAsync(timeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new(null, new TaskPlatformException($"No answer within {timeout.TotalSeconds:0.#} s.", null, null, null));
        }
        finally
        {
            lock (_lock) _calls.Remove(number);
        }
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private void Release(string taskId, Held held)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(taskId, out var now) && ReferenceEquals(now, held)) _held.Remove(taskId);
        }
    }

    private sealed class Holding(StreamLink link, string taskId, Held held) : IDisposable
    {
        public void Dispose() => link.Release(taskId, held);
    }
}
