using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>Pay, then draw, then remember.</summary>
public sealed class NoisyReleasesTests : IDisposable
{
    private readonly LedgerFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Release_AgainForTheSameRound_GivesTheSameNumbersAndCostsNothing()
    {
        using var ledger = _file.Open();
        var releases = Create(ledger);

        var first = releases.Release("tenant", 1, 1, LedgerFile.Price, new uint[258], out var paid);
        var again = releases.Release("tenant", 1, 1, LedgerFile.Price, Enumerable.Repeat(5u, 258).ToArray(), out var retried);
        var next = releases.Release("tenant", 1, 2, LedgerFile.Price, new uint[258], out _);

        Assert.Equal((DebitResult.Debited, DebitResult.AlreadyDebited), (paid, retried));
        Assert.Equal(first!.Value.ToArray(), again!.Value.ToArray());
        Assert.NotEqual(first.Value.ToArray(), next!.Value.ToArray());
        Assert.Equal(200, ledger.Spent("tenant", 1).NanoRho);
    }

    [Fact]
    public void Release_BeyondTheBudget_IsNone()
    {
        using var ledger = _file.Open(budget: 99);

        Assert.Null(Create(ledger).Release("tenant", 1, 1, LedgerFile.Price, new uint[3], out var result));
        Assert.Equal(DebitResult.Exhausted, result);
    }

    [Fact]
    public void Release_AfterARestart_OfARoundThatWasPaidFor_IsNone()
    {
        using (var before = _file.Open()) Create(before).Release("tenant", 1, 1, LedgerFile.Price, new uint[3], out _);
        using var ledger = _file.Open();

        Assert.Null(Create(ledger).Release("tenant", 1, 1, LedgerFile.Price, new uint[3], out var result));
        Assert.Equal(DebitResult.AlreadyDebited, result);
    }

    [Fact]
    public void Release_WhenTheLedgerFails_IsNone()
    {
        var ledger = _file.Open();
        ledger.Dispose();

        Assert.Throws<LedgerException>(() => Create(ledger).Release("tenant", 1, 1, LedgerFile.Price, new uint[3], out _));
    }

    [Fact]
    public void Release_OfNought_IsNoiseOnBothSidesModuloTwoToTheThirtyTwo()
    {
        using var ledger = _file.Open();

        var lanes = Create(ledger).Release("tenant", 1, 1, LedgerFile.Price, new uint[1_000], out _)!.Value.ToArray().Select(lane => (int)lane).ToArray();

        Assert.InRange(lanes.Count(lane => lane < 0), 350, 650);
        Assert.All(lanes, lane => Assert.InRange(lane, -100, 100));
    }

    private static NoisyReleases Create(PrivacyLedger ledger)
        => new(new PaidNoise(ledger, new DiscreteGaussian(NoiseVariance.Central.Share(4), new RandomDraws(RandomNumberGenerator.Create()))));
}
