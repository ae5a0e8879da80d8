using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Reads both clocks at once.</summary>
internal sealed class OwnerClock(TimeProvider time)
{
    public TimeProvider Time => time;

    public Moment Now() => new(Count(1_000), time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The monotonic clock in microseconds, for what takes less than a tick.</summary>
    public long Micros() => Count(1_000_000);

    // By whole seconds and the rest: the clock counts nanoseconds since the machine was started, and a thousand times that is too much after 107 days.
    private long Count(long perSecond)
    {
        var (seconds, rest) = Math.DivRem(time.GetTimestamp(), time.TimestampFrequency);
        return seconds * perSecond + rest * perSecond / time.TimestampFrequency;
    }
}
