using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Api.Queues;

namespace TaskPlatform.Tests.Queues;

/// <summary>The monotonic clock of a machine that has been up for long.</summary>
public sealed class OwnerClockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(20_000)]
    public void Now_AfterSoManyDays_CountsOnInBothUnits(int days)
    {
        var up = TimeSpan.FromDays(days) + TimeSpan.FromTicks(12_345_678);
        var clock = new OwnerClock(new OldMachine(up));

        Assert.Equal((long)up.TotalMilliseconds, clock.Now().TickMs);
        Assert.Equal(up.Ticks / 10, clock.Micros());
    }

    /// <summary>Counts nanoseconds, as Linux does.</summary>
    private sealed class OldMachine(TimeSpan up) : FakeTimeProvider
    {
        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => up.Ticks * 100;
    }
}
