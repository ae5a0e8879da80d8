using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Tests.Federation.Transport;

/// <summary>A nonce counts once, for as long as its signature is good; and there are never more than so many.</summary>
public sealed class NonceCacheTests
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(120);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Add_WithinItsTime_CountsOnce()
    {
        var cache = new NonceCache(_time, Memory, 10);

        Assert.Equal(NonceResult.New, cache.Add(1));
        _time.Advance(Memory);
        Assert.Equal(NonceResult.Reused, cache.Add(1));
        Assert.Equal(NonceResult.New, cache.Add(2));
    }

    [Fact]
    public void Add_AfterItsTime_IsForgottenAndReturnsItsRoom()
    {
        var cache = new NonceCache(_time, Memory, 1);
        cache.Add(1);
        _time.Advance(Memory + TimeSpan.FromTicks(1));

        Assert.Equal(NonceResult.New, cache.Add(2));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Add_WhenFull_RefusesAndForgetsNothing()
    {
        var cache = new NonceCache(_time, Memory, 1_000);
        for (var nonce = 0; nonce < 1_000; nonce++) Assert.Equal(NonceResult.New, cache.Add((UInt128)nonce));

        for (var nonce = 1_000; nonce < 100_000; nonce++) Assert.Equal(NonceResult.Full, cache.Add((UInt128)nonce));

        Assert.Equal(1_000, cache.Count);
        Assert.Equal(NonceResult.Reused, cache.Add(0));
    }

    [Fact]
    public void Add_ClockSetForward_ForgetsNothing()
    {
        var clock = new SteppingClock();
        var cache = new NonceCache(clock, Memory, 10);
        cache.Add(1);
        clock.Step = TimeSpan.FromDays(1);

        Assert.Equal(NonceResult.Reused, cache.Add(1));
    }

    [Fact]
    public void Memory_OfThePort_OutlastsEverySignature()
    {
        // Taken first when it is made 30 s in the future, last 30 s after it ends.
        Assert.True(TransportLimits.NonceMemory >= TransportLimits.Validity + 2 * TransportLimits.ClockTolerance);
    }

    private sealed class SteppingClock : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;
    }
}
