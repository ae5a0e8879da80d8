using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>Noise is drawn once for a round and only when it was paid for; otherwise what was to take it is left alone.</summary>
public sealed class PaidNoiseTests : IDisposable
{
    private const int Untouched = 1_000_000;

    private readonly LedgerFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Draw_AgainForTheSameRound_DrawsNothingAndCostsNothing()
    {
        using var ledger = _file.Open();
        var noise = Create(ledger);

        var (paid, first) = Draw(noise, round: 1, lanes: 258);
        var (retried, again) = Draw(noise, round: 1, lanes: 258);
        var (_, next) = Draw(noise, round: 2, lanes: 258);

        Assert.Equal((DebitResult.Debited, DebitResult.AlreadyDebited), (paid, retried));
        Assert.All(again, lane => Assert.Equal(Untouched, lane));
        Assert.NotEqual(first, next);
        Assert.Equal(200, ledger.Spent("tenant", 1).NanoRho);
    }

    [Fact]
    public void Draw_BeyondTheBudget_DrawsNothing()
    {
        using var ledger = _file.Open(budget: 99);

        var (result, lanes) = Draw(Create(ledger), round: 1, lanes: 3);

        Assert.Equal(DebitResult.Exhausted, result);
        Assert.All(lanes, lane => Assert.Equal(Untouched, lane));
    }

    [Fact]
    public void Draw_AfterARestart_OfARoundThatWasPaidFor_DrawsNothing()
    {
        using (var before = _file.Open()) Draw(Create(before), round: 1, lanes: 3);
        using var ledger = _file.Open();

        var (result, lanes) = Draw(Create(ledger), round: 1, lanes: 3);

        Assert.Equal(DebitResult.AlreadyDebited, result);
        Assert.All(lanes, lane => Assert.Equal(Untouched, lane));
    }

    [Fact]
    public void Draw_WhenTheLedgerFails_DrawsNothing()
    {
        var ledger = _file.Open();
        ledger.Dispose();
        int[] lanes = [Untouched];

        Assert.Throws<LedgerException>(() => Create(ledger).Draw("tenant", 1, 1, LedgerFile.Price, lanes));

        Assert.Equal([Untouched], lanes);
    }

    [Fact]
    public void Draw_ThatIsPaid_IsNoiseOnBothSides()
    {
        using var ledger = _file.Open();

        var (_, lanes) = Draw(Create(ledger), round: 1, lanes: 1_000);

        Assert.InRange(lanes.Count(lane => lane < 0), 350, 650);
        Assert.All(lanes, lane => Assert.InRange(lane, -100, 100));
    }

    private static (DebitResult Result, int[] Lanes) Draw(PaidNoise noise, long round, int lanes)
    {
        int[] drawn = [.. Enumerable.Repeat(Untouched, lanes)];
        return (noise.Draw("tenant", 1, round, LedgerFile.Price, drawn), drawn);
    }

    private static PaidNoise Create(PrivacyLedger ledger)
        => new(ledger, new DiscreteGaussian(NoiseVariance.Central.Share(4), new RandomDraws(RandomNumberGenerator.Create())));
}
