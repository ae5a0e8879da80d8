using System.Security.Cryptography;
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

    private readonly TimeSpan _pause = TimeSpan.FromMilliseconds(options.Value.AskAgainMilliseconds);
    private readonly Wakeup _wakeup = new();

    private int _underWay;

    /// <summary>A slot may have become free.</summary>
    public void Wake() => _wakeup.Set();

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = time.CreateTimer(_ => Wake(), null, _pause, _pause);
        while (true)
        {
            await BeginAsync(stop);
            await _wakeup.WaitAsync(stop);
        }
    }

    private async Task BeginAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref _underWay) >= MostAtOnce) return;
        try
        {
            var (own, queue) = await load.LookAsync(stop);
            var slots = Math.Min(queue.FreeSlots, own.Agents - own.Load);
            if (slots <= 0 || desk.ChooseForWork(own) is not { Count: > 0 } chosen) return;
            Interlocked.Increment(ref _underWay);
            promises.Keep(slots);
            _ = AskAsync(chosen, new WorkRequest([.. queue.Free], slots), stop);
        }
        catch (QueueUnavailableException)
        {
            // The next time.
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
            promises.Give(request.Most);
            Interlocked.Decrement(ref _underWay);
            // Whoever gave some may have more; where nobody had any it is asked again after a pause.
            if (hasTaken) Wake();
        }
    }

    private async Task<bool> TakeFromAsync(FederationMember peer, WorkRequest request, CancellationToken stop)
    {
        try
        {
            var tasks = await client.AskForWorkAsync(peer, request, stop);
            var taken = await Task.WhenAll(tasks.Select(task => mirrors.TryTakeAsync(peer, task)));
            return taken.Any(isTaken => isTaken);
        }
        catch (Exception failure) when (failure is HttpRequestException or CryptographicException or OperationCanceledException)
        {
            if (!stop.IsCancellationRequested) Log.PeerUnreachable(logger, peer.Id, failure.Message);
            return false;
        }
    }
}
