using Grpc.Core;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Grpc;

/// <summary>An agent's stream: pushes grants while there is credit, takes heartbeats and settlements, tells of leases that are lost and tasks to be cancelled.</summary>
internal sealed class WorkStream
{
    private const int SliceItems = 256;
    private const int SlicesUnderWay = 16;
    private const int OutcomeBytes = 64;
    private const int ProblemBytes = 1_024;

    // A claim that waits costs nothing; now and then it is made anew, in case the queue has moved.
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(5);

    private readonly IQueueOwners _owners;
    private readonly string _queue;
    private readonly Command.Claim _claim;
    private readonly TimeProvider _time;
    private readonly Outbox<WorkReply> _outbox;
    private readonly StandingClaims _claims;
    private readonly HeldTasks _held;
    private readonly SemaphoreSlim _slices = new(SlicesUnderWay);
    private readonly CancellationToken _ended;
    private readonly CancellationTokenSource _noMore;

    public WorkStream(IQueueOwners owners, TimeProvider time, WorkStreams.Place place, Command.Claim claim, IServerStreamWriter<WorkReply> replies)
    {
        (_owners, _time, _queue, _ended) = (owners, time, place.Key.Queue, place.Ended);
        _claim = claim with { WaitMs = (long)Wait.TotalMilliseconds };
        _outbox = new(replies);
        _held = new HeldTasks(claim.AgentId, Tell);
        _noMore = CancellationTokenSource.CreateLinkedTokenSource(_ended);
        _claims = new StandingClaims(ClaimAsync);
    }

    /// <summary>Runs until the agent closes its side, or is gone.</summary>
    public async Task RunAsync(WorkRequest first, Welcome welcome, IAsyncStreamReader<WorkRequest> requests, HttpContext call)
    {
        var writing = _outbox.RunAsync(_ended);
        foreach (var kept in welcome.Kept) _held.Add(kept.Id, attempt: 0);
        _outbox.Add(welcome, OutcomeBytes, static (message, item) => message.Welcome = item);
        try
        {
            await TakeAsync(first);
            while (await requests.NextAsync(call, _ended)) await TakeAsync(requests.Current);
        }
        finally
        {
            await StopAsync();
            for (var slice = 0; slice < SlicesUnderWay; slice++) await _slices.WaitAsync(CancellationToken.None);
            _held.Dispose();
            _outbox.End();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>No more tasks: claims that stand are taken back.</summary>
    private async Task StopAsync()
    {
        var stopped = _claims.StopAsync();
        await _noMore.CancelAsync();
        await stopped;
    }

    private async Task TakeAsync(WorkRequest request)
    {
        if (request.Stop) await StopAsync();
        if (request.Credit > 0) _claims.Add(request.Credit);
        await SendAsync(request.Settlements, ItemReader.Settle, Settled, item => _held.Remove(item.Id));
        await SendAsync(request.Heartbeats, ItemReader.Heartbeat, Beaten, _ => { });
    }

    private async Task SendAsync<TItem>(
        IReadOnlyList<TItem> items, Func<TItem, (Command?, Client.Wire.Problem?)> read, Action<TItem, GroupReply?, Problem?> answer, Action<TItem> note)
    {
        for (var start = 0; start < items.Count; start += SliceItems)
        {
            await _outbox.RoomAsync(_ended);
            await _slices.WaitAsync(_ended);
            _ = SendSliceAsync([.. items.Skip(start).Take(SliceItems)], read, answer, note);
        }
    }

    private async Task SendSliceAsync<TItem>(
        TItem[] items, Func<TItem, (Command?, Client.Wire.Problem?)> read, Action<TItem, GroupReply?, Problem?> answer, Action<TItem> note)
    {
        try
        {
            var (commands, sent) = (new List<Command>(items.Length), new List<TItem>(items.Length));
            foreach (var item in items)
            {
                note(item);
                var (command, problem) = read(item);
                if (command is null) answer(item, null, Refusals.Of(_queue, problem!));
                else
                {
                    commands.Add(command);
                    sent.Add(item);
                }
            }
            var owner = await _owners.FindAsync(_queue, CancellationToken.None);
            var replies = await owner.SendAllAsync(commands);
            for (var index = 0; index < sent.Count; index++) answer(sent[index], replies[index], ProblemOf(replies[index]));
        }
        catch (QueueUnavailableException unavailable)
        {
            foreach (var item in items) answer(item, null, Refusals.Of(_queue, unavailable));
        }
        finally
        {
            _slices.Release();
        }
    }

    private Problem? ProblemOf(GroupReply reply) => reply switch
    {
        { Failure: { } failure } => Refusals.Of(_queue, failure),
        { Reply.Outcome: Outcome.Refused refused } => Refusals.Of(_queue, refused.Refusal),
        _ => null,
    };

    private void Settled(Settlement item, GroupReply? reply, Problem? problem)
    {
        var outcome = new SettleOutcome { Number = item.Number, Problem = problem };
        if (problem is null && reply is { Reply.Outcome: Outcome.TaskAnswer answer })
        {
            outcome.State = Words.Of(answer.View.Task.State);
            Traces.Finish(span: null, _queue, answer);
        }
        _outbox.Add(outcome, problem is null ? OutcomeBytes : ProblemBytes, static (message, item) => message.Settlements.Add(item));
    }

    private void Beaten(Client.Protocol.Heartbeat item, GroupReply? reply, Problem? problem)
    {
        var outcome = new HeartbeatOutcome { Number = item.Number, Problem = problem };
        if (reply is { Reply.Outcome: Outcome.Extended extended })
            (outcome.LeaseSeconds, outcome.CancelRequested) = (Times.Seconds(extended.LeaseMs), extended.CancelRequested);
        _outbox.Add(outcome, problem is null ? OutcomeBytes : ProblemBytes, static (message, item) => message.Heartbeats.Add(item));
    }

    private async Task<int?> ClaimAsync(int most)
    {
        try
        {
            var owner = await _owners.FindAsync(_queue, _noMore.Token);
            _held.ListenTo(owner);
            var reply = await owner.SendAsync(_claim with { Max = most }, _noMore.Token);
            if (reply.Outcome is Outcome.Claimed claimed) return await HandOverAsync(owner, claimed);
            await Task.Delay(QueueUnavailableException.Because("").RetryAfter, _time, _noMore.Token);
        }
        catch (QueueUnavailableException unavailable)
        {
            await Task.Delay(unavailable.RetryAfter, _time, _noMore.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException)
        {
            // No more are wanted.
        }
        return _noMore.IsCancellationRequested ? null : 0;
    }

    private async Task<int> HandOverAsync(IQueueOwner owner, Outcome.Claimed claimed)
    {
        try
        {
            foreach (var view in await WholeAsync(owner, claimed)) HandOver(view);
            if (!_ended.IsCancellationRequested) return claimed.Grants.Length;
        }
        catch (QueueUnavailableException)
        {
            // What could not be read is not handed over.
        }
        // Nobody hears of these: without this each would be held until its lease ran out.
        await owner.SendAllAsync([.. claimed.Grants.Select(grant => new Command.Ungrant(grant.Task.Id, grant.Task.Lease!.Token))]);
        return 0;
    }

    private static async ValueTask<IReadOnlyList<TaskView>> WholeAsync(IQueueOwner owner, Outcome.Claimed claimed)
        => claimed.Grants.All(ViewHydration.IsWhole) ? claimed.Grants
            // What is leased cannot have been deleted.
            : [.. (await owner.HydrateAllAsync(claimed.Grants, withInputs: true, CancellationToken.None)).Select(view => view!)];

    private void HandOver(TaskView view)
    {
        var (grant, bytes) = Grants.Of(view, _queue);
        _held.Add(grant.Id, grant.Attempt);
        _outbox.Add(grant, bytes, static (message, item) => message.Grants.Add(item));
    }

    private void Tell(string taskId, string? lostBecause)
    {
        if (lostBecause is null) _outbox.Add(taskId, OutcomeBytes, static (message, id) => message.Cancels.Add(new CancelRequested { Id = id }));
        else _outbox.Add(new LeaseLost { Id = taskId, Reason = lostBecause }, OutcomeBytes, static (message, item) => message.Lost.Add(item));
    }
}
