using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Answers are completed with what only the store still has.</summary>
public sealed partial class QueueOwner
{
    /// <inheritdoc/>
    public async ValueTask<TaskView?> HydrateAsync(TaskView view, CancellationToken cancellationToken)
        => ViewHydration.IsWhole(view) ? view : (await HydrateAllAsync([view], withInputs: true, cancellationToken))[0];

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<TaskView?>> HydrateAllAsync(
        IReadOnlyList<TaskView> views, bool withInputs, CancellationToken cancellationToken)
    {
        try
        {
            TaskView?[] whole = [.. await ViewHydration.HydrateAsync(_store, views, withInputs, cancellationToken)];
            int[] lacking = [.. Enumerable.Range(0, whole.Length).Where(place => ViewHydration.Lacks(whole[place], views[place], withInputs))];
            if (lacking.Length == 0) return whole;
            // Deleted or retried meanwhile; or the store came back without its last second and is about to be sent that again.
            await ConfirmAsync(cancellationToken);
            var again = await ViewHydration.HydrateAsync(_store, [.. lacking.Select(place => views[place])], withInputs, cancellationToken);
            foreach (var (place, view) in lacking.Zip(again)) whole[place] = view;
            return whole;
        }
        catch (StoreUnavailableException exception)
        {
            throw QueueUnavailableException.Because(exception.Message);
        }
        catch (RecordException exception)
        {
            // Found late, since what is over is not read when the queue is loaded; it means the same.
            End(new OwnerEnd($"The queue is not served: {exception.Message}", MayBeTakenAgain: false));
            throw QueueUnavailableException.Because(_end!.Reason, TimeSpan.FromSeconds(60));
        }
    }

    /// <exception cref="QueueUnavailableException">It is not known whether the store has everything.</exception>
    private async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await _pipeline.ConfirmAsync().WaitAsync(Outage, _clock.Time, cancellationToken) == CommitFate.Durable) return;
        }
        catch (Exception exception) when (exception is TimeoutException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The store takes too long, or the owner has ended.
        }
        throw Stalled();
    }
}
