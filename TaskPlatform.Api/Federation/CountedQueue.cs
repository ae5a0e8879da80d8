using Microsoft.Extensions.Options;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Api.Federation;

/// <summary>The one queue that is counted: it is asked how many tasks of a round's window wait and run, and listened to for those that end.</summary>
internal sealed class CountedQueue(IQueueOwners owners, PrivacyFilter filter, IOptions<FederationNodeOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Asks the queue; nothing is used up before the lanes are taken. The answer waits for the store, so no task is counted that a crash could take back.</summary>
    /// <inheritdoc cref="PrepareFigures"/>
    public async Task<Func<ReadOnlyMemory<uint>>> PrepareAsync(ReleaseWindow window, CancellationToken cancellationToken)
    {
        var owner = await owners.FindAsync(options.Value.Queue, cancellationToken);
        var reply = await owner.SendAsync(new Command.GetFigures(filter.Types, window.AfterUnixMs, window.UntilUnixMs), cancellationToken);
        return () => filter.Release((Outcome.Figures)reply.Outcome);
    }

    /// <summary>
    /// Notes ends as they are told, which is after they were stored. What is missed while the queue is another's, or because this falls too far behind, is not counted: too few,
    /// never twice.
    /// </summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        string? last = null;
        while (true)
        {
            try
            {
                var owner = await owners.FindAsync(options.Value.Queue, cancellationToken);
                await foreach (var happened in owner.Events.SubscribeAsync(last, cancellationToken))
                {
                    filter.Note(happened);
                    last = happened.Id.ToString();
                }
            }
            catch (QueueUnavailableException)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }
}
