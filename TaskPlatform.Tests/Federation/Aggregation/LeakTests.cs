using System.Globalization;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Sharing;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>
/// Whether an aggregator can tell two sets of figures with equal sums apart by what it sees: the masked vectors, and the seeds that it is given, so that only the
/// pairs' masks are left on. Half of the rounds train a linear classifier, the other half judge it; each lane has a χ² test of its own. Every secret comes from a
/// fixed seed, so a run has one outcome. Two controls must be caught: masks that are off, and masks whose keys have 20 bits.
/// </summary>
public sealed class LeakTests
{
    private const int Nodes = 6;
    private const int Lanes = 8;

    /// <summary>Alike by turns: the same figures at other nodes, so that every sum is the same.</summary>
    private static readonly uint[][][] Inputs = [FiguresOf(node => node == 0), FiguresOf(node => node == 1)];

    [Fact]
    public void Transcript_OfTwoInputsWithEqualSums_DoesNotTellThemApart() => AssertSilent(rounds: 120);

    [LongFact]
    public void Transcript_OfThousandsOfRounds_DoesNotTellThemApart() => AssertSilent(rounds: 2000);

    [Fact]
    public void Transcript_WithMasksOff_TellsThemApart()
    {
        var views = Inputs.Select((input, which) => Views(new NoMasks(), input, $"off {which}", rounds: 40)).ToArray();

        var auc = Classifier.Judge(views[0], views[1]);
        Assert.InRange(auc.Area, 0.99, 1);
        Assert.True(ChiSquare.Largest(views[0], views[1]) > ChiSquare.Critical);
    }

    /// <summary>Two nodes, so that one mask of a pair is all that is left on: every key of 20 bits is tried.</summary>
    [Fact]
    public void Transcript_WithKeysOfTwentyBits_IsBroken()
    {
        var table = ShortKeys.FirstLanes();
        var guesses = Enumerable.Range(0, 2).Select(which => Enumerable.Range(0, 20).Select(round => Guess(which, round)).ToArray()).ToArray();

        var auc = Classifier.AreaOf(guesses[1], guesses[0]);
        Assert.InRange(auc.Area, 0.99, 1);

        double Guess(int which, int round)
        {
            using var rig = new RoundRig(
                2, new ShortKeys(), ShortKeys.Lanes, new RoundRules { MinimumCohort = 2, CorruptShare = 0, DropShare = 0.5 },
                entropy: node => new SeededEntropy($"short {which} {round} {node}"));
            using var run = rig.Start([[.. Inputs[which][0].Take(ShortKeys.Lanes)], [.. Inputs[which][1].Take(ShortKeys.Lanes)]]).Finish();
            return ShortKeys.Break(table, View(rig, run)[0])![0];
        }
    }

    private static void AssertSilent(int rounds)
    {
        var views = Inputs.Select((input, which) => Views(CipherSuites.X25519, input, $"on {which}", rounds)).ToArray();

        var auc = Classifier.Judge(views[0], views[1]);
        var chi = ChiSquare.Largest(views[0], views[1]);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"AUC {auc.Area:0.000} ({auc.Low:0.000} to {auc.High:0.000}), largest χ² {chi:0.0}"));
        Assert.InRange(0.5, auc.Low, auc.High);
        Assert.InRange(chi, 0, ChiSquare.Critical);
    }

    private static double[][] Views(ICipherSuite suite, uint[][] input, string seed, int rounds) =>
    [
        .. Enumerable.Range(0, rounds).Select(round =>
        {
            using var rig = new RoundRig(Nodes, suite, Lanes, entropy: node => new SeededEntropy($"{seed} {round} {node}"));
            using var run = rig.Start(input).Finish();
            return View(rig, run).SelectMany(lanes => lanes).Select(lane => lane / 4294967296.0).ToArray();
        }),
    ];

    /// <summary>The vectors as the aggregator has them in the end: their own masks are off, those of the pairs on.</summary>
    private static uint[][] View(RoundRig rig, RoundRun run)
    {
        var given = run.Transcript[4].ToDictionary(entry => entry.Key, entry => MessageFrame.Read<UnmaskShares>(entry.Value, rig.Terms.Shape).Shares);
        int[] holders = [.. given.Keys.Order().Take(rig.Terms.Graph.Threshold)];
        var weights = Shamir.Weights(holders);
        return [.. run.Transcript[2].OrderBy(entry => entry.Key).Select(entry => Uncover(entry.Key, MessageFrame.Read<MaskedInput>(entry.Value, rig.Terms.Shape)))];

        uint[] Uncover(int node, MaskedInput input)
        {
            var seed = Shamir.Combine(weights, [.. holders.Select(holder => given[holder].Of(node)!.Value)]);
            new Masks(rig.Terms, rig.Terms.Header(1), input.Session).Self(node, seed, input.Lanes, MaskSign.Subtract);
            return input.Lanes;
        }
    }

    private static uint[][] FiguresOf(Func<int, bool> isBusy) =>
        [.. Enumerable.Range(0, Nodes).Select(node => Enumerable.Range(0, Lanes).Select(lane => (isBusy(node) ? 900u : 100u) + (uint)lane).ToArray())];

    /// <summary>A suite whose masks are nought.</summary>
    private sealed class NoMasks : WeakSuite
    {
        public override void Mask(ReadOnlySpan<byte> key, Span<uint> lanes, MaskSign sign)
        {
        }
    }

    /// <summary>A suite of whose mask keys all but 20 bits are nought, and who breaks it.</summary>
    private sealed class ShortKeys : WeakSuite
    {
        public const int Lanes = 3;

        private const int Keys = 1 << 20;
        private const uint LargestFigure = 2000;

        public override void Mask(ReadOnlySpan<byte> key, Span<uint> lanes, MaskSign sign) =>
            MaskBy((key[0] | key[1] << 8 | key[2] << 16) & (Keys - 1), lanes, sign);

        public static uint[] FirstLanes()
        {
            var table = new uint[Keys * Lanes];
            for (var key = 0; key < Keys; key++) MaskBy(key, table.AsSpan(key * Lanes, Lanes), MaskSign.Add);
            return table;
        }

        /// <summary>The figures under a mask: whatever key leaves small ones. The first node of a pair adds.</summary>
        public static uint[]? Break(uint[] table, uint[] masked)
        {
            for (var at = 0; at < table.Length; at += Lanes)
            {
                if (masked[0] - table[at] < LargestFigure && masked[1] - table[at + 1] < LargestFigure && masked[2] - table[at + 2] < LargestFigure)
                {
                    return [masked[0] - table[at], masked[1] - table[at + 1], masked[2] - table[at + 2]];
                }
            }
            return null;
        }

        private static void MaskBy(int key, Span<uint> lanes, MaskSign sign)
        {
            Span<byte> whole = stackalloc byte[32];
            whole.Clear();
            BitConverter.TryWriteBytes(whole, key);
            CipherSuites.P256.Mask(whole, lanes, sign);
        }
    }
}
