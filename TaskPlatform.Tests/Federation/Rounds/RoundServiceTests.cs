using System.Net;
using System.Net.Http.Json;
using TaskPlatform.Client.Federation;
using TaskPlatform.Client.Wire;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>Rounds over the real transport: nodes and aggregator in one process, everything between them over sockets.</summary>
public sealed class RoundServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Round_OfEightNodesWithoutNoise_GivesTheExactSums()
    {
        using var lab = new RoundLab();
        var lanes = lab.Lanes(seed: 1);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        await using var nodes = Start(lab, lanes, Enumerable.Range(0, 8));

        var report = await aggregator.NextOfAsync(nodes: 8);

        AssertExact(lab.Expected(lanes, [.. Enumerable.Range(0, 8)]), report);
        Assert.Equal((8, false), (report.Members, report.Stale));
        Assert.Null(report.Privacy.Epsilon);
    }

    [Fact]
    public async Task Figures_OnThePlainPort_AreThoseOfTheLastRoundWithTheirClaim()
    {
        using var lab = new RoundLab(nodes: 6, sigma: 12);
        var lanes = lab.Lanes(seed: 2);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        using var before = await aggregator.Plain.GetAsync("/v1/federation", Token);
        await using var nodes = Start(lab, lanes, Enumerable.Range(0, 6), lab.Terms);
        var first = await aggregator.NextAsync();

        using var next = await aggregator.Plain.GetAsync($"/v1/federation?after={first.Round}", Token);
        var report = (await next.Content.ReadFromJsonAsync(FederationJson.Default.FederationReport, Token))!;

        Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        Assert.Equal("no-figures", (await before.Content.ReadFromJsonAsync(WireJson.Default.Problem, Token))!.Name);
        Assert.True(report.Round > first.Round);
        Assert.Equal((1.00, 1e-6), (report.Privacy.Epsilon, report.Privacy.Delta));
        Assert.Equal(Math.Round(lab.Terms.SigmaPerNode * Math.Sqrt(6), 2), report.Privacy.Sigma);
    }

    [Fact]
    public async Task Round_WithNoise_GivesSumsThatAreOffByNoMoreThanTheNoise()
    {
        using var lab = new RoundLab(nodes: 6, sigma: 12);
        var lanes = lab.Lanes(seed: 3);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        await using var nodes = Start(lab, lanes, Enumerable.Range(0, 6), lab.Terms);

        var report = await aggregator.NextOfAsync(nodes: 6);

        var expected = lab.Expected(lanes, [.. Enumerable.Range(0, 6)]);
        int[] off = [report.Load - expected.Load, .. report.Types.Select(type => type.Queued - expected.Queued(type.Type)), .. report.Types.Select(type => type.Running - expected.Running(type.Type))];
        Assert.All(off, difference => Assert.InRange(difference, -8 * report.Privacy.Sigma, 8 * report.Privacy.Sigma));
        Assert.Contains(off, difference => difference != 0);
    }

    /// <summary>Before its input it is left out of the sum; after that it is in it, and the others take its masks off.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task Round_OneNodeDiesAtAStage_GivesTheSumOfThoseWhoseInputCame(int stage, bool isIn)
    {
        using var lab = new RoundLab(stageSeconds: 1.5);
        var lanes = lab.Lanes(seed: 4 + stage);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        await using var dying = new LabNode(lab, 7, lanes[7]);
        var death = dying.DieAtAsync(stage);
        await using var nodes = Start(lab, lanes, Enumerable.Range(0, 7));

        await death;
        var report = await aggregator.NextAsync();

        AssertExact(lab.Expected(lanes, [.. Enumerable.Range(0, isIn ? 8 : 7)]), report);
        AssertExact(lab.Expected(lanes, [.. Enumerable.Range(0, 7)]), await aggregator.NextAsync(report.Round));
    }

    [Fact]
    public async Task Round_NodeComesLate_IsInTheNextOne()
    {
        using var lab = new RoundLab(stageSeconds: 1);
        var lanes = lab.Lanes(seed: 10);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        await using var nodes = Start(lab, lanes, Enumerable.Range(0, 7));
        var without = await aggregator.NextOfAsync(nodes: 7);

        await using var late = new LabNode(lab, 7, lanes[7]).Run();
        var with = await aggregator.NextOfAsync(nodes: 8, without.Round);

        AssertExact(lab.Expected(lanes, [.. Enumerable.Range(0, 7)]), without);
        AssertExact(lab.Expected(lanes, [.. Enumerable.Range(0, 8)]), with);
    }

    [Fact]
    public async Task Round_TooFewNodes_GivesNoSumAndSaysWhy()
    {
        using var lab = new RoundLab(stageSeconds: 0.2);
        await using var aggregator = await AggregatorHost.StartAsync(lab);
        await using var nodes = Start(lab, lab.Lanes(seed: 11), Enumerable.Range(0, 5));

        string? detail = null;
        await Queues.Until.TrueAsync(
            async () =>
            {
                using var answer = await aggregator.Plain.GetAsync("/v1/federation", Token);
                detail = (await answer.Content.ReadFromJsonAsync(WireJson.Default.Problem, Token))!.Detail;
                return detail!.Contains(nameof(AbortReason.CohortTooSmall), StringComparison.Ordinal);
            },
            Token);

        Assert.Contains("6 are needed", detail, StringComparison.Ordinal);
    }

    /// <summary>The aggregator goes away while a round is under way, and comes back: numbers go on rising, and nodes go on by themselves.</summary>
    [Fact]
    public async Task Aggregator_RestartedWithinARound_RoundsGoOnWithHigherNumbers()
    {
        using var lab = new RoundLab(nodes: 6);
        var lanes = lab.Lanes(seed: 12);
        long last;
        await using var nodes = Start(lab, lanes, Enumerable.Range(0, 5));
        await using (var aggregator = await AggregatorHost.StartAsync(lab))
        {
            await using (var sixth = new LabNode(lab, 5, lanes[5]).Run()) last = (await aggregator.NextAsync()).Round;
            // With the sixth node gone the round under way waits for it.
            await using var dying = new LabNode(lab, 5, lanes[5]);
            await dying.DieAtAsync(stage: 0);
        }

        await using var again = await AggregatorHost.StartAsync(lab);
        await using var back = new LabNode(lab, 5, lanes[5]).Run();
        var report = await again.NextAsync();

        Assert.True(report.Round > last);
        AssertExact(lab.Expected(lanes, [.. Enumerable.Range(0, 6)]), report);
    }

    internal static LabNodes Start(RoundLab lab, uint[][] lanes, IEnumerable<int> nodes, RoundTerms? noisy = null) =>
        new([.. nodes.Select(node => new LabNode(lab, node, lanes[node], noisy is null ? null : new LabNoise(noisy)).Run())]);

    private static void AssertExact(FederationFigures expected, FederationReport report)
    {
        Assert.Equal((expected.Nodes, expected.Load, expected.Capacity), (report.Nodes, report.Load, report.Capacity));
        Assert.All(report.Types, type => Assert.Equal(
            (expected.Queued(type.Type), expected.Running(type.Type), expected.Completed(type.Type), expected.Succeeded(type.Type)),
            (type.Queued, type.Running, type.Completed, type.Succeeded)));
        Assert.All(report.Types, type => Assert.Equal(expected.MeanSeconds(type.Type)!.Value, type.MeanSeconds!.Value, tolerance: 0.001));
    }
}

/// <summary>Nodes that end together.</summary>
internal sealed class LabNodes(IReadOnlyList<LabNode> nodes) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
    }
}
