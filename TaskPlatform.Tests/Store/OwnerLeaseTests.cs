using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

public sealed class OwnerLeaseTests
{
    private readonly TwoClocks _clocks = new();
    private readonly OwnerLease _lease;

    public OwnerLeaseTests() => _lease = new(_clocks, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2));

    [Theory]
    [InlineData(7.9, 7.9, true)]
    [InlineData(8.1, 7.9, false)]
    // The machine slept, and its monotonic clock with it.
    [InlineData(0.1, 60, false)]
    // The wall clock was set back.
    [InlineData(60, -3600, false)]
    public void Holds_AfterSeconds_BothClocksMustAgree(double monotonic, double wall, bool holds)
    {
        _lease.RenewedByCallSentAt(_lease.Now());
        _clocks.Pass(monotonic, wall);

        Assert.Equal(holds, _lease.Holds());
    }

    [Fact]
    public void Holds_NeverRenewed_IsFalse() => Assert.False(_lease.Holds());

    [Fact]
    public void Holds_LateAnswerToAnOlderCall_DoesNotShortenIt()
    {
        var older = _lease.Now();
        _clocks.Pass(5, 5);
        _lease.RenewedByCallSentAt(_lease.Now());
        _lease.RenewedByCallSentAt(older);
        _clocks.Pass(5, 5);

        Assert.True(_lease.Holds());
    }

    private sealed class TwoClocks : TimeProvider
    {
        private long _monotonic;
        private DateTimeOffset _wall = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(double monotonicSeconds, double wallSeconds)
        {
            _monotonic += TimeSpan.FromSeconds(monotonicSeconds).Ticks;
            _wall += TimeSpan.FromSeconds(wallSeconds);
        }

        public override long GetTimestamp() => _monotonic;

        public override DateTimeOffset GetUtcNow() => _wall;
    }
}
