using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>A round in which nobody cheats.</summary>
public sealed class RoundTests
{
    public static TheoryData<int> Suites => [.. CipherSuites.All.Select(suite => (int)suite.Id)];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Finish_EveryNodeAnswers_GivesTheExactSum(int suite)
    {
        using var rig = new RoundRig(8, CipherSuites.All.Single(one => one.Id == suite), lanes: 258);
        using var run = rig.Start(rig.Figures(seed: 1)).Finish();

        Assert.Equal(RoundStage.Done, run.Aggregator.Stage);
        Assert.Equal(run.ExpectedSum(_ => true), run.Aggregator.Sum!.Lanes);
        Assert.Equal(rig.Roster.Members.Select(member => member.Id), run.Aggregator.Sum.Nodes);
        Assert.All(run.Nodes, node => Assert.True(node.IsOver));
    }

    [Fact]
    public void Finish_FiguresAboveTheClip_AreCut()
    {
        using var rig = new RoundRig(6, clip: 10);
        var figures = rig.Figures(seed: 2);
        figures[0][0] = uint.MaxValue;
        using var run = rig.Start(figures).Finish();

        Assert.Equal(run.ExpectedSum(_ => true), run.Aggregator.Sum!.Lanes);
        Assert.All(run.Aggregator.Sum.Lanes, lane => Assert.InRange(lane, 0u, 60u));
    }

    [Fact]
    public void Finish_WithNoise_HasEveryNodesNoiseInTheSum()
    {
        var noise = new CountedNoise(-3);
        using var rig = new RoundRig(8, sigma: 12, noise: noise);
        using var run = rig.Start([.. Enumerable.Range(0, 8).Select(_ => new uint[12])]).Finish();

        Assert.All(run.Aggregator.Sum!.Lanes, lane => Assert.Equal(-24, unchecked((int)lane)));
        Assert.All(noise.Requests, request => Assert.Equal(6, request.Sigma, 1e-12));
        Assert.Equal(8, noise.Requests.Count);
        Assert.All(noise.Requests, request => Assert.Equal(("lab", 3UL, 1UL), (request.FederationId, request.Epoch, request.Round)));
    }

    [Fact]
    public void Finish_NoiseRefused_SendsNothingOfTheNode()
    {
        using var rig = new RoundRig(6, sigma: 12);
        using var run = rig.Start(rig.Figures(seed: 3)).Finish();

        Assert.Equal(AbortReason.CohortTooSmall, run.Aggregator.Abort!.Reason);
        Assert.Equal(6, run.NodeAborts.Count);
        Assert.All(run.NodeAborts.Values, abort => Assert.Equal(AbortReason.NoiseRefused, abort.Reason));
        Assert.Empty(run.Transcript[2]);
    }

    /// <summary>With a ring of few neighbours, and a seed for everything that is drawn but the keys.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(64)]
    public void Finish_OnARing_GivesTheExactSum(int nodes)
    {
        using var rig = new RoundRig(nodes, rules: new RoundRules { CompleteUpTo = 10 });
        Assert.False(rig.Terms.Graph.IsComplete);
        var lostAt = Enumerable.Repeat(5, nodes).ToArray();
        lostAt[7] = 2;
        lostAt[21] = 3;
        using var run = rig.Start(rig.Figures(seed: nodes)).Finish(lostAt);

        Assert.Equal(RoundStage.Done, run.Aggregator.Stage);
        Assert.Equal(run.ExpectedSum(node => node != 7), run.Aggregator.Sum!.Lanes);
    }

    [Fact]
    public void Receive_TheSameMessageAgain_GivesTheSameBytesAndDrawsNothing()
    {
        var noise = new CountedNoise(1);
        using var rig = new RoundRig(6, sigma: 1, noise: noise);
        using var run = rig.Start(rig.Figures(seed: 4));
        while (run.Aggregator.Stage < RoundStage.Done)
        {
            var (name, message) = run.Pending.First();
            var node = rig.Roster.IndexOf(name);
            var once = run.Deliver(node, message);
            Assert.NotNull(once);
            Assert.Equal(once, run.Deliver(node, message));
            Assert.Null(run.Aggregator.Receive(name, once));
            Assert.Null(run.Aggregator.Receive(name, once));
            run.Step();
        }

        Assert.Equal(6, noise.Requests.Count);
        Assert.Equal(run.ExpectedSum(_ => true).Select(lane => lane + 6), run.Aggregator.Sum!.Lanes);
    }

    /// <summary>The goal is 8 KB for each node at n = 8, in both directions together.</summary>
    [Theory]
    [MemberData(nameof(Suites))]
    public void Finish_EightNodes_TakesUnderEightKilobytesEach(int suite)
    {
        using var rig = new RoundRig(8, CipherSuites.All.Single(one => one.Id == suite), lanes: 258);
        using var run = rig.Start(rig.Figures(seed: 5)).Finish();

        Assert.All(Enumerable.Range(0, 8), node => Assert.InRange(run.Sent[node] + run.Received[node], 1032, 8 * 1024));
        TestContext.Current.TestOutputHelper?.WriteLine($"{run.Sent[0]} sent, {run.Received[0]} received");
    }

    /// <summary>A transport may cut off at <see cref="WireShape.MaxMessageBytes"/>.</summary>
    [Fact]
    public void Finish_EveryMessage_IsBelowTheLimit()
    {
        using var rig = new RoundRig(64, lanes: 1);
        using var run = rig.Start(rig.Figures(seed: 6));
        while (run.Aggregator.Stage < RoundStage.Done)
        {
            Assert.All(run.Pending.Values, message => Assert.True(message.Length <= rig.Terms.Shape.MaxMessageBytes));
            run.Step();
            Assert.All(run.Transcript[^1].Values, message => Assert.True(message.Length <= rig.Terms.Shape.MaxMessageBytes));
        }
    }

    /// <summary>Draws one number for every lane, and counts.</summary>
    private sealed class CountedNoise(int value) : INoise
    {
        public List<NoiseRequest> Requests { get; } = [];

        public bool TryDraw(NoiseRequest request, Span<int> noise)
        {
            Requests.Add(request);
            noise.Fill(value);
            return true;
        }
    }
}
