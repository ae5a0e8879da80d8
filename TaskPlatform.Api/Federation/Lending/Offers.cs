using TaskPlatform.Api.Queues;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>A task has come while there is more to do here than agents: peers are asked in turn whether they have room, and the first that has gets it.</summary>
internal sealed class Offers(NodeLoad load, CooperationDesk desk, PeerClient client, Lender lender, ILogger<Offers> logger)
{
    // Of a flood only so many are offered at a time; idle peers come for the rest themselves.
    private const int MostAtOnce = 16;

    private int _underWay;

    /// <summary>Returns at once.</summary>
    public void Consider(string taskId, string type, CancellationToken stop)
    {
        if (Interlocked.Increment(ref _underWay) > MostAtOnce) Interlocked.Decrement(ref _underWay);
        else _ = OfferAsync(taskId, type, stop);
    }

    private async Task OfferAsync(string taskId, string type, CancellationToken stop)
    {
        try
        {
            var (own, queue) = await load.LookAsync(taskId, stop);
            if (!queue.MayGo) return;
            // As it was before the task came: one that finds a free agent here stays.
            foreach (var peer in desk.ChooseForOffer(own with { Load = own.Load - 1 }))
            {
                if (!desk.MayAsk() || await TryHandOverAsync(peer, taskId, type, stop)) return;
            }
        }
        catch (Exception failure) when (failure is QueueUnavailableException or OperationCanceledException)
        {
            // It stays where it is.
        }
        catch (Exception failure)
        {
            Log.OfferFailed(logger, taskId, failure);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <returns>Whether nobody else is to be asked.</returns>
    private async Task<bool> TryHandOverAsync(FederationMember peer, string taskId, string type, CancellationToken stop)
    {
        LentTask? task = null;
        try
        {
            if (!await client.OfferAsync(peer, type, stop)) return false;
            task = await lender.LendAsync(peer.Id, taskId, type, stop);
            if (task is null || await client.SendAsync(peer, task, stop)) return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            Log.PeerUnreachable(logger, peer.Id, failure.Message);
        }
        // If it has arrived all the same, its token names no lease any more: what the peer does with it counts for nothing.
        if (task is not null) await lender.TakeBackAsync(task);
        return task is not null;
    }
}
