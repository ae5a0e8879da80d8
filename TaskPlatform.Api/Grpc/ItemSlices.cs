using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Grpc;

/// <summary>
/// Hands a stream's items to their queue, a few slices at a time: one caller must not fill the mailbox. Each item is answered once: with what came of it, or
/// with its problem.
/// </summary>
/// <param name="owners">Finds the queue's owner, which may be another one after an outage.</param>
/// <param name="underWay">How many slices may be under way.</param>
internal sealed class ItemSlices(IQueueOwners owners, int underWay)
{
    private const int SliceItems = 256;

    private readonly SemaphoreSlim _free = new(underWay);

    /// <summary>Returns when all items are on their way.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="items">The items.</param>
    /// <param name="read">Makes an item a command, or says what is wrong with it.</param>
    /// <param name="answer">Given what was asked and decided, or the problem; is to return at once.</param>
    /// <param name="room">Waits for room for the answers.</param>
    /// <param name="gone">The caller is gone.</param>
    public async Task SendAsync<TItem>(
        string queue, IReadOnlyList<TItem> items, Func<TItem, (Command?, Client.Wire.Problem?)> read, Action<TItem, Command?, Outcome?, Problem?> answer,
        Func<CancellationToken, Task> room, CancellationToken gone)
    {
        for (var start = 0; start < items.Count; start += SliceItems)
        {
            await room(gone);
            await _free.WaitAsync(gone);
            _ = SendSliceAsync(queue, Slice(items, start), read, answer);
        }
    }

    /// <summary>Returns when nothing is under way any more; nothing may be sent afterwards.</summary>
    public async Task EndAsync(CancellationToken gone)
    {
        for (var slice = 0; slice < underWay; slice++) await _free.WaitAsync(gone);
    }

    private static TItem[] Slice<TItem>(IReadOnlyList<TItem> items, int start)
    {
        var slice = new TItem[Math.Min(SliceItems, items.Count - start)];
        for (var index = 0; index < slice.Length; index++) slice[index] = items[start + index];
        return slice;
    }

    private async Task SendSliceAsync<TItem>(
        string queue, TItem[] items, Func<TItem, (Command?, Client.Wire.Problem?)> read, Action<TItem, Command?, Outcome?, Problem?> answer)
    {
        try
        {
            var owner = await owners.FindAsync(queue, CancellationToken.None);
            var (commands, sent) = (new List<Command>(items.Length), new List<TItem>(items.Length));
            foreach (var item in items)
            {
                var (command, problem) = read(item);
                if (command is null)
                {
                    answer(item, null, null, Refusals.Of(queue, problem!));
                    continue;
                }
                commands.Add(command);
                sent.Add(item);
            }
            var replies = await owner.SendAllAsync(commands);
            for (var index = 0; index < sent.Count; index++) answer(sent[index], commands[index], replies[index].Reply?.Outcome, ProblemOf(queue, replies[index]));
        }
        catch (QueueUnavailableException unavailable)
        {
            foreach (var item in items) answer(item, null, null, Refusals.Of(queue, unavailable));
        }
        finally
        {
            _free.Release();
        }
    }

    private static Problem? ProblemOf(string queue, GroupReply reply) => reply switch
    {
        { Failure: { } failure } => Refusals.Of(queue, failure),
        { Reply.Outcome: Outcome.Refused refused } => Refusals.Of(queue, refused.Refusal),
        _ => null,
    };
}
