using System.Collections.Concurrent;

namespace TaskPlatform.Api.Queues;

/// <summary>
/// Commands in order of arrival, with a bound. The last part of it is kept for calls that hold on to leases or settle them: a flood of submits
/// must not cost anybody a lease.
/// </summary>
internal sealed class Mailbox
{
    private const int Capacity = 16_384;
    private const int KeptForLeases = 4_096;

    private readonly ConcurrentQueue<Envelope> _envelopes = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The share of it that is taken, 0 to 1.</summary>
    public double Fill => Math.Min(1, (double)Count / Capacity);

    public bool TryAdd(Envelope envelope)
    {
        var room = envelope.Command.MustGetThrough() ? Capacity : Capacity - KeptForLeases;
        if (Interlocked.Increment(ref _count) > room)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        _envelopes.Enqueue(envelope);
        return true;
    }

    /// <summary>For the owner's own commands: there are few, and none may get lost.</summary>
    public void Add(Envelope envelope)
    {
        Interlocked.Increment(ref _count);
        _envelopes.Enqueue(envelope);
    }

    public bool TryTake(out Envelope envelope)
    {
        if (!_envelopes.TryDequeue(out envelope!)) return false;
        Interlocked.Decrement(ref _count);
        return true;
    }
}
