using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TaskPlatform.Api.Queues;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>Agents here have nothing to do: peers are asked for tasks of theirs, one after the other, as many as there are slots free.</summary>
internal sealed class WorkSeeker(
    NodeLoad load, CooperationDesk desk, PromisedPlaces promises, PeerClient client, Mirrors mirrors, IOptions<FederationNodeOptions> options, TimeProvider time, ILogger<WorkSeeker> logger)
{
    private readonly TimeSpan _pause = TimeSpan.FromMilliseconds(options.Value.AskAgainMilliseconds);
    private readonly Wakeup _wakeup = new();

    /// <summary>A slot may have become free.</summary>
    public void Wake() => _wakeup.Set();

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = time.CreateTimer(_ => Wake(), null, _pause, _pause);
        while (true)
        {
            while (await TryTakeAsync(stop)) { }
            await _wakeup.WaitAsync(stop);
        }
    }

    private async Task<bool> TryTakeAsync(CancellationToken stop)
    {
        try
        {
            var (own, queue) = await load.LookAsync(stop);
            if (queue.Free.IsEmpty) return false;
            foreach (var peer in desk.ChooseForWork(own))
            {
                if (!desk.MayAsk()) return false;
                if (await AskAsync(peer, new WorkRequest([.. queue.Free], Math.Min(queue.FreeSlots, own.Agents - own.Load)), stop)) return true;
            }
        }
        catch (QueueUnavailableException)
        {
            // The next time.
        }
        return false;
    }

    private async Task<bool> AskAsync(FederationMember peer, WorkRequest request, CancellationToken stop)
    {
        for (var place = 0; place < request.Most; place++) promises.Keep();
        try
        {
            var taken = await Task.WhenAll((await client.AskForWorkAsync(peer, request, stop)).Select(task => mirrors.TryTakeAsync(peer, task)));
            return taken.Any(isTaken => isTaken);
        }
        catch (Exception failure) when (failure is HttpRequestException or CryptographicException || failure is OperationCanceledException && !stop.IsCancellationRequested)
        {
            Log.PeerUnreachable(logger, peer.Id, failure.Message);
            return false;
        }
        finally
        {
            for (var place = 0; place < request.Most; place++) promises.TryGive();
        }
    }
}
