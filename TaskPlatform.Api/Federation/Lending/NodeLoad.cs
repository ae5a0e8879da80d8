using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Cooperation;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>How the node stands at this moment.</summary>
/// <param name="View">What policies decide by.</param>
/// <param name="Queue">What the queue could lend and do.</param>
internal readonly record struct Standing(NodeView View, LendingView Queue);

/// <summary>Looks at the queue that cooperates.</summary>
internal sealed class NodeLoad(
    IQueueOwners owners, FederationView figures, PromisedPlaces promises, IOptions<FederationNodeOptions> options)
{
    /// <summary>What may leave, and what is taken from others.</summary>
    public ImmutableSortedSet<string> Types { get; } = options.Value.ExportTypes.ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>The owner of the queue.</summary>
    /// <exception cref="QueueUnavailableException">Nobody here decides for it now.</exception>
    public ValueTask<IQueueOwner> OwnerAsync(CancellationToken cancellationToken) => owners.FindAsync(options.Value.Queue, cancellationToken);

    /// <exception cref="QueueUnavailableException">Nobody here decides for the queue now.</exception>
    public Task<Standing> LookAsync(CancellationToken cancellationToken) => LookAsync(taskId: null, cancellationToken);

    /// <exception cref="QueueUnavailableException">Nobody here decides for the queue now.</exception>
    /// <param name="taskId">A task of which is asked whether it may go.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    public async Task<Standing> LookAsync(string? taskId, CancellationToken cancellationToken)
    {
        var owner = await OwnerAsync(cancellationToken);
        var queue = ((Outcome.LendingAnswer)(await owner.SendAsync(new Command.GetLending(Types, taskId), cancellationToken)).Outcome).View;
        return new Standing(new NodeView(queue.Slots, queue.Load + promises.Count, queue.Lendable, figures.Current, figures.NowMs), queue);
    }
}
