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
    private readonly ItemSlices _slices;
    private readonly CancellationToken _ended;
    private readonly CancellationTokenSource _noMore;
    private readonly CancellationTokenSource _refused;
    private Refusal? _refusal;

    public WorkStream(IQueueOwners owners, TimeProvider time, WorkStreams.Place place, Command.Claim claim, IServerStreamWriter<WorkReply> replies)
    {
        (_owners, _time, _queue, _ended) = (owners, time, place.Key.Queue, place.Ended);
        _claim = claim with { WaitMs = (long)Wait.TotalMilliseconds };
        _outbox = new(replies);
        _slices = new ItemSlices(owners, SlicesUnderWay);
        _held = new HeldTasks(claim.AgentId, Tell);
        _noMore = CancellationTokenSource.CreateLinkedTokenSource(_ended);
        _refused = CancellationTokenSource.CreateLinkedTokenSource(_ended);
        _claims = new StandingClaims(ClaimAsync);
    }

    /// <summary>Runs until the agent closes its side, or is gone.</summary>
    /// <exception cref="RequestRefusedException">The agent was removed.</exception>
    public async Task RunAsync(WorkRequest first, Welcome welcome, IAsyncStreamReader<WorkRequest> requests, HttpContext call)
    {
        var writing = _outbox.RunAsync(_ended);
        foreach (var kept in welcome.Kept) _held.Add(kept.Id, attempt: 0);
        _outbox.Add(welcome, OutcomeBytes, static (message, item) => message.Welcome = item);
        try
        {
            await TakeAsync(first);
            while (await requests.NextAsync(call, _refused.Token)) await TakeAsync(requests.Current);
        }
        catch (OperationCanceledException) when (_refusal is { } refusal && !_ended.IsCancellationRequested)
        {
            throw new RequestRefusedException(Problems.Of(refusal));
        }
        finally
        {
            await StopAsync();
            await _slices.EndAsync(CancellationToken.None);
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
        await _slices.SendAsync(_queue, request.Settlements, ReadSettlement, Settled, _outbox.RoomAsync, _ended);
        await _slices.SendAsync(_queue, request.Heartbeats, ItemReader.Heartbeat, Beaten, _outbox.RoomAsync, _ended);
    }

    private (Command?, Client.Wire.Problem?) ReadSettlement(Settlement item)
    {
        _held.Remove(item.Id);
        return ItemReader.Settle(item);
    }

    private void Settled(Settlement item, Command? asked, Outcome? decided, Problem? problem)
    {
        var outcome = new SettleOutcome { Number = item.Number, Problem = problem };
        if (problem is null && decided is Outcome.Noted noted)
        {
            outcome.State = Words.Of(noted.State);
            if (noted.Ended is { } attempt) TaskMetrics.Ran(_queue, noted.Type!, attempt);
        }
        _outbox.Add(outcome, problem is null ? OutcomeBytes : ProblemBytes, static (message, item) => message.Settlements.Add(item));
    }

    private void Beaten(Client.Protocol.Heartbeat item, Command? asked, Outcome? decided, Problem? problem)
    {
        var outcome = new HeartbeatOutcome { Number = item.Number, Problem = problem };
        if (decided is Outcome.Extended extended)
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
            if (reply.Outcome is Outcome.Refused { Refusal: { Name: Refusal.AgentNotFound } refusal }) return await EndBecauseAsync(refusal);
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

    /// <summary>The agent is not known any more: another stream of it says anew who it is.</summary>
    private async Task<int?> EndBecauseAsync(Refusal refusal)
    {
        _refusal = refusal;
        await _refused.CancelAsync();
        return null;
    }

    private async Task<int> HandOverAsync(IQueueOwner owner, Outcome.Claimed claimed)
    {
        try
        {
            var whole = await WholeAsync(owner, claimed);
            if (!_ended.IsCancellationRequested)
            {
                // From here on they may have arrived: if the stream breaks, the agent's next one says which did.
                foreach (var view in whole) HandOver(view);
                return claimed.Grants.Length;
            }
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
