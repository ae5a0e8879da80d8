using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace TaskPlatform.Api.Queues;

/// <summary>
/// Events that one reader has not taken yet. Bounded by number and by their messages: one that is full is emptied and ends, and its reader comes back with the last id
/// it saw. What is in it is also among the latest that the queue keeps, so that a place costs no more than a reference.
/// </summary>
/// <param name="mostEvents">How many may wait.</param>
/// <param name="mostText">How long their messages may be together, in characters.</param>
internal sealed class EventBacklog(int mostEvents, int mostText)
{
    private readonly Channel<QueueEvent> _unread = Channel.CreateBounded<QueueEvent>(new BoundedChannelOptions(mostEvents));
    private int _text;

    /// <summary>Adds events; false: there is no room, and the reader is cut off.</summary>
    public bool TryAdd(IReadOnlyList<QueueEvent> events)
    {
        foreach (var happened in events)
        {
            if (Interlocked.Add(ref _text, happened.TextLength) <= mostText && _unread.Writer.TryWrite(happened)) continue;
            End();
            while (_unread.Reader.TryRead(out _)) { }
            return false;
        }
        return true;
    }

    /// <summary>Nothing more comes.</summary>
    public void End() => _unread.Writer.TryComplete();

    /// <summary>Takes events as they come, until the end.</summary>
    public async IAsyncEnumerable<QueueEvent> TakeAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var happened in _unread.Reader.ReadAllAsync(cancellationToken))
        {
            Interlocked.Add(ref _text, -happened.TextLength);
            yield return happened;
        }
    }
}
