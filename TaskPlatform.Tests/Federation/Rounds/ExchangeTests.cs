using System.Net;
using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Api.Federation;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;
using TaskPlatform.Federation.Protocol.Transport;
using TaskPlatform.Federation.Rounds;
using TaskPlatform.Tests.Federation.Aggregation;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>What the aggregator takes of a node, and what a node takes of it.</summary>
public sealed class ExchangeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exchange_AnswerAgainOrAnother_IsTakenOnceAndRefusedByName()
    {
        using var lab = new RoundLab(nodes: 6);
        var lanes = lab.Lanes(seed: 1);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        using var client = LabNode.ClientOf(lab, 0);
        using var round = new NodeRound(SeatOf(lab, 0), lanes[0]);
        var offer = Assert.IsType<Exchanged.Message>(await client.ExchangeAsync(default, null, Token));
        var keys = round.Receive(offer.Bytes).Reply!;
        await using var others = RoundServiceTests.Start(lab, lanes, Enumerable.Range(1, 5));

        var list = Assert.IsType<Exchanged.Message>(await client.ExchangeAsync(offer.Position, keys, Token));
        var again = Assert.IsType<Exchanged.Message>(await client.ExchangeAsync(offer.Position, keys, Token));
        keys[^1] ^= 1;
        var other = Assert.IsType<Exchanged.Refused>(await client.ExchangeAsync(offer.Position, keys, Token));
        var garbage = Assert.IsType<Exchanged.Refused>(await client.ExchangeAsync(list.Position, [1, 2, 3], Token));

        Assert.Equal((new RoundPosition(offer.Position.Round, 1), list.Position), (list.Position, again.Position));
        Assert.Equal(list.Bytes, again.Bytes);
        Assert.Equal((nameof(AbortReason.UnexpectedMessage), nameof(AbortReason.MalformedMessage)), (other.Reason, garbage.Reason));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.5")]
    [InlineData("-1.0")]
    [InlineData("99999999999999999999.0")]
    public async Task Exchange_PositionThatIsNone_IsRefused(string? position)
    {
        using var lab = new RoundLab(nodes: 6);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        using var http = FederationHttp.Create(lab.File, lab.Keys[0], lab.File.Aggregator);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/rounds/exchange");
        if (position is not null) request.Headers.TryAddWithoutValidation(RoundPosition.Header, position);

        using var answer = await http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Exchange_OnThePlainPort_DoesNotExist()
    {
        using var lab = new RoundLab(nodes: 6);
        await using var aggregator = await AggregatorHost.StartAsync(lab);

        using var answer = await aggregator.Plain.PostAsync("/v1/rounds/exchange", null, Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Figures_ForAMember_AreSignedOnItsPort()
    {
        using var lab = new RoundLab(nodes: 6);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        await using var nodes = RoundServiceTests.Start(lab, lab.Lanes(seed: 2), Enumerable.Range(0, 6));
        using var client = LabNode.ClientOf(lab, 0);

        var report = await client.FiguresAsync(after: 0, Token); // its client takes no answer that is not signed

        Assert.Equal(6, report!.Nodes);
    }

    /// <summary>A number far ahead would stand in the journal, and all that come after it would be refused.</summary>
    [Fact]
    public async Task Offer_OfARoundFarOffTheNodesClock_IsRefusedBeforeItIsJournalled()
    {
        using var lab = new RoundLab(nodes: 6);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        await using var node = new LabNode(lab, 0, lab.Lanes(seed: 3)[0], time: new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(-2)));

        Assert.True(await node.Participant.StepAsync(Token));

        Assert.Equal(AbortReason.ClockApart, node.Participant.Trouble?.Reason);
        Assert.True(node.Journal.TryJoin(1));
    }

    [Fact]
    public async Task Round_WhoseNoiseIsRefused_IsLeftAndNothingOfTheFiguresIsAskedFor()
    {
        using var lab = new RoundLab(nodes: 6, sigma: 12, stageSeconds: 1);
        var lanes = lab.Lanes(seed: 4);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        await using var others = RoundServiceTests.Start(lab, lanes, Enumerable.Range(1, 5), lab.Terms);
        await using var poor = new LabNode(lab, 0, lanes[0], new LabNoise(lab.Terms, releases: 1));

        while (poor.Participant.Trouble is null && poor.FiguresTaken < 3) await poor.Participant.StepAsync(Token);

        Assert.Equal(AbortReason.NoiseRefused, poor.Participant.Trouble?.Reason);
        Assert.Contains("budget is spent", poor.Participant.Trouble!.Detail, StringComparison.Ordinal);
        Assert.Equal(1, poor.FiguresTaken);
    }

    [Fact]
    public void Figures_OlderThanFourPeriods_AreStale()
    {
        using var lab = new RoundLab(nodes: 6, periodSeconds: 5);
        var time = new FakeTimeProvider();
        var figures = new ReleasedFigures(lab.Terms, lab.File.Schema, lab.Times, time);
        figures.Release(7, new RoundSum(new uint[SummarySchema.LaneCount], ["a", "b"]));

        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal((false, 20), (figures.Report()!.Stale, figures.Report()!.AgeSeconds));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(figures.Report()!.Stale);
    }

    [Fact]
    public void View_OfFiguresThatWereOldWhenTheyCame_CountsFromTheirRelease()
    {
        using var lab = new RoundLab(nodes: 6, periodSeconds: 5);
        var time = new FakeTimeProvider();
        var figures = new ReleasedFigures(lab.Terms, lab.File.Schema, lab.Times, time);
        var lanes = new uint[SummarySchema.LaneCount];
        lanes[SummarySchema.LoadLane] = 30;
        figures.Release(7, new RoundSum(lanes, ["a", "b", "c"]));
        time.Advance(TimeSpan.FromSeconds(12));
        var view = new FederationView(time);
        Assert.Null(view.Current);

        view.Take(figures.Report()!);
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(10, view.Current!.Value.Mean);
        Assert.Equal(15_000, view.NowMs - view.Current.Value.AtMs);
    }

    private static NodeSeat SeatOf(RoundLab lab, int node) => new(
        lab.Terms, RoundLab.NameOf(node), lab.Keys[node].Identity, new MemoryJournal(), NoNoise.Instance, TaskPlatform.Federation.Protocol.Suites.SystemEntropy.Instance);
}
