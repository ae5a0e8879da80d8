using Microsoft.Extensions.Options;
using TaskPlatform.Api.Queues;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>
/// Agents here have nothing to do: peers are asked for tasks of theirs, one after the other, as many as there are slots free. The slots count as taken while peers are asked, so that others
/// which become free meanwhile need not wait for the answer.
/// </summary>
internal sealed class WorkSeeker(
    NodeLoad load, CooperationDesk desk, PromisedPlaces promises, PeerClient client, Mirrors mirrors, IOptions<FederationNodeOptions> options, TimeProvider time, ILogger<WorkSeeker> logger)
{
    private const int MostAtOnce = 4;

    // While nobody has anything a question each quarter of a service time would cost a good part of a core. A peer with too much offers some by itself, and then there is an end soon.
    private const int LongestRest = 4;

    private readonly TimeSpan _pause = TimeSpan.FromMilliseconds(options.Value.AskAgainMilliseconds);
    private readonly Wakeup _wakeup = new();

    private readonly Lock _gate = new();
    private int _underWay;
    private int _fruitless;
    private long _since;

    /// <summary>A slot may have become free.</summary>
    public void Wake()
    {
        lock (_gate) _fruitless = 0;
        _wakeup.Set();
    }

    public async Task RunAsync(CancellationToken stop)
    {
        // Agents come without an event: that one is there is seen by looking.
        using var timer = time.CreateTimer(_ => _wakeup.Set(), null, _pause, _pause);
        while (true)
        {
            await BeginAsync(stop);
            await _wakeup.WaitAsync(stop);
        }
    }

    private async Task BeginAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref _underWay) >= MostAtOnce || IsResting()) return;
        try
        {
            var (own, queue) = await load.LookAsync(stop);
            var slots = Math.Min(queue.FreeSlots, own.Agents - own.Load);
            if (slots <= 0 || desk.ChooseForWork(own) is not { Count: > 0 } chosen) return;
            Interlocked.Increment(ref _underWay);
            promises.Ask(slots);
            _ = AskAsync(chosen, new WorkRequest([.. queue.Free], slots), stop);
        }
        catch (QueueUnavailableException)
        {
            // The next time.
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            Log.SeekFailed(logger, failure);
        }
    }

    private async Task AskAsync(IReadOnlyList<FederationMember> chosen, WorkRequest request, CancellationToken stop)
    {
        var hasTaken = false;
        try
        {
            foreach (var peer in chosen)
            {
                if (!desk.MayAsk() || (hasTaken = await TakeFromAsync(peer, request, stop))) break;
            }
        }
        finally
        {
            promises.Ask(-request.Most);
            Interlocked.Decrement(ref _underWay);
            // Whoever gave some may have more; where nobody had any it is asked again after a pause.
            if (hasTaken) Wake();
            else Rest();
        }
    }

    /// <summary>One pause after the first question for nothing, then twice as long each time.</summary>
    private bool IsResting()
    {
        lock (_gate) return _fruitless > 0 && time.GetElapsedTime(_since) < _pause * Math.Min(LongestRest, 1 << Math.Min(_fruitless - 1, LongestRest));
    }

    private void Rest()
    {
        lock (_gate) (_fruitless, _since) = (_fruitless + 1, time.GetTimestamp());
    }

    /// <summary>What the queue here does not take goes back at once.</summary>
    private async Task<bool> TakeAsync(FederationMember peer, LentTask task, CancellationToken stop)
    {
        if (await mirrors.TryTakeAsync(peer, task)) return true;
        await client.ReportAsync(peer, new LeaseReport { TaskId = task.TaskId, Token = task.Token, Verb = ReportVerb.Release }, stop);
        return false;
    }

    private async Task<bool> TakeFromAsync(FederationMember peer, WorkRequest request, CancellationToken stop)
    {
        try
        {
            var tasks = await client.AskForWorkAsync(peer, request, stop);
            // More than was asked for, or something else, is no gift: somebody else's work on agents that were not offered for it.
            if (tasks.Count > request.Most || tasks.Any(task => !request.Types.Contains(task.Type))) throw new HttpRequestException("Other tasks came than were asked for.");
            var taken = await Task.WhenAll(tasks.Select(task => TakeAsync(peer, task, stop)));
            return taken.Any(isTaken => isTaken);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            if (!stop.IsCancellationRequested) Log.PeerUnreachable(logger, peer.Id, failure.Message);
            return false;
        }
        catch (Exception failure)
        {
            Log.PeerFailed(logger, peer.Id, failure);
            return false;
        }
    }
}
