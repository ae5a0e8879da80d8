using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Reads both clocks at once.</summary>
internal sealed class OwnerClock(TimeProvider time)
{
    public TimeProvider Time => time;

    public Moment Now()
    {
        var tick = time.GetTimestamp() * 1_000 / time.TimestampFrequency;
        return new Moment(tick, time.GetUtcNow().ToUnixTimeMilliseconds());
    }
}
