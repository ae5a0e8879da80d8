using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>
/// An aggregator that lies to honest nodes, eight of them with a threshold of six. Each test is one attack; none gets a node's vector, and each node that is lied to
/// says why it stops.
/// </summary>
public sealed class MaliciousServerTests : IDisposable
{
    private const int Victim = 3;

    private readonly RoundRig _rig = new(8);
    private readonly RoundRun _run;

    public MaliciousServerTests() => _run = _rig.Start(_rig.Figures(seed: 8));

    public void Dispose()
    {
        _run.Dispose();
        _rig.Dispose();
    }

    /// <summary>The control: in an honest round every seed is opened, no masking key is, and one that gives both kinds would be seen.</summary>
    [Fact]
    public void Loot_OfAnHonestRound_OpensSeedsOnly()
    {
        _run.Finish();
        var loot = new Loot(_rig);
        foreach (var (node, reply) in _run.Transcript[4]) loot.Take(node, reply, All());

        Assert.All(All(), node => Assert.Equal((8, 0), (loot.SeedShares(node), loot.KeyShares(node))));
        loot.AssertNothingIsBare();
        foreach (var (node, reply) in _run.Transcript[4]) loot.Take(node, reply, All().Where(other => other != Victim));
        Assert.True(loot.BaresWith(colluders: 0, Victim));
    }

    /// <summary>Half are told that the victim lives, half that it is lost. Neither half has six signatures, and those of the other half sign something else.</summary>
    [Theory]
    [InlineData(false, AbortReason.TooFewSignatures)]
    [InlineData(true, AbortReason.SignatureInvalid)]
    public void Signatures_OfSplitViews_OpenNothing(bool mixed, AbortReason expected)
    {
        Step(3);
        var views = All().ToDictionary(node => node, node => node % 2 == 0 ? All() : [.. All().Where(other => other != Victim)]);
        views[Victim] = All();
        var signatures = All().ToDictionary(node => node, node => Signature(_run.Deliver(node, Survivors(views[node]))));

        var loot = new Loot(_rig);
        foreach (var node in All())
        {
            var given = All().Where(other => mixed ? views[node].Contains(other) : views[other].SequenceEqual(views[node]));
            loot.Take(node, _run.Deliver(node, Signatures(given.ToDictionary(other => other, other => signatures[other]))), views[node]);
        }

        Assert.All(All().Where(node => _run.NodeAborts.ContainsKey(node)), node => Assert.Equal(expected, _run.NodeAborts[node].Reason));
        Assert.Equal(8, _run.NodeAborts.Count);
        loot.AssertNothingIsBare();
    }

    /// <summary>Overlapping sets: the victim is alive in the first list and lost in the second. Only one list is ever signed.</summary>
    [Fact]
    public void SecondSurvivorList_AfterTheFirstWasSigned_EndsTheRound()
    {
        Step(3);
        foreach (var node in Others()) Assert.NotNull(_run.Deliver(node, Survivors(All())));
        foreach (var node in Others()) Assert.Null(_run.Deliver(node, Survivors(Others())));

        AssertAll(Others(), AbortReason.UnexpectedMessage);
    }

    /// <summary>Both shares: seeds were given honestly, now the victim is said to be lost and keys are asked for.</summary>
    [Fact]
    public void SecondUnmasking_WithTheVictimLost_GetsNothing()
    {
        Step(4);
        var loot = new Loot(_rig);
        var requests = _run.Pending;
        foreach (var node in All()) loot.Take(node, _run.Deliver(node, requests[RoundRig.NameOf(node)]), All());
        foreach (var node in Others())
        {
            loot.Take(node, _run.Deliver(node, Survivors(Others())), Others());
            loot.Take(node, _run.Deliver(node, Signatures([])), Others());
        }

        Assert.Equal(8, loot.SeedShares(Victim));
        AssertAll(Others(), AbortReason.UnexpectedMessage);
        loot.AssertNothingIsBare();
    }

    /// <summary>The victim's input is kept back and the victim said to be lost: its key opens, its seed does not.</summary>
    [Fact]
    public void Survivors_WithoutTheVictim_OpenItsKeyOnly()
    {
        Step(3);
        Assert.Null(_run.Deliver(Victim, Survivors(Others())));
        var signatures = Others().ToDictionary(node => node, node => Signature(_run.Deliver(node, Survivors(Others()))));
        var loot = new Loot(_rig);
        foreach (var node in Others()) loot.Take(node, _run.Deliver(node, Signatures(signatures)), Others());

        AssertAll([Victim], AbortReason.OwnEntryChanged);
        Assert.Equal((0, 7), (loot.SeedShares(Victim), loot.KeyShares(Victim)));
        loot.AssertNothingIsBare();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Offer_OfARoundJoinedBefore_IsRefused(ulong earlier)
    {
        Step(1);
        using var again = _rig.Start(_rig.Figures(seed: 8), round: earlier);
        foreach (var node in All()) Assert.Null(again.Deliver(node, again.Aggregator.Offer));

        Assert.All(again.NodeAborts.Values, abort => Assert.Equal(AbortReason.RoundReplayed, abort.Reason));
        Assert.Equal(8, again.NodeAborts.Count);
    }

    /// <summary>All that was said in an earlier round is said again in a later one.</summary>
    [Fact]
    public void Messages_OfAnEarlierRound_AreRefusedInALaterOne()
    {
        var keys = Record(0);
        foreach (var node in Others()) Begin(round: 2, node, keys, AbortReason.UnexpectedMessage);

        byte[] Record(int stage)
        {
            Step(stage + 1);
            return _run.Pending[RoundRig.NameOf(Victim)];
        }

        void Begin(ulong round, int node, byte[] replayed, AbortReason expected)
        {
            using var later = new NodeRound(_rig.Seats[node], new uint[12]);
            using var aggregator = new AggregatorRound(_rig.Terms, round);
            Assert.NotNull(later.Receive(aggregator.Offer).Reply);
            Assert.Equal(expected, later.Receive(replayed).Abort?.Reason);
        }
    }

    public static TheoryData<string> Changes => [.. HeaderChanges.Keys];

    private static readonly Dictionary<string, Func<RoundHeader, RoundHeader>> HeaderChanges = new()
    {
        ["less noise"] = header => header with { Sigma = header.Sigma - 0.001 },
        ["noise that is no number"] = header => header with { Sigma = double.NaN },
        ["a higher clip"] = header => header with { Clip = header.Clip + 1 },
        ["another suite"] = header => header with { SuiteId = 1 },
        ["another schema"] = header => header with { SchemaHash = [.. header.SchemaHash[..^1], 1] },
        ["an older epoch"] = header => header with { Epoch = header.Epoch - 1 },
        ["another federation"] = header => header with { FederationId = "Lab" },
        ["another roster"] = header => header with { RosterHash = [.. header.RosterHash[..^1], (byte)(header.RosterHash[^1] ^ 1)] },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Offer_WithAChangedHeader_IsRefused(string change)
    {
        var header = HeaderChanges[change](_rig.Terms.Header(1));

        Assert.Null(_run.Deliver(Victim, MessageFrame.Write(new RoundOffer(header))));
        AssertAll([Victim], AbortReason.HeaderMismatch);
    }

    [Fact]
    public void Offer_OfAnUnknownMajorVersion_IsRefused()
    {
        _run.Deliver(Victim, MessageFrame.Write(new RoundOffer(_rig.Terms.Header(1) with { SchemaMajor = 2 })));
        AssertAll([Victim], AbortReason.UnsupportedVersion);

        byte[] newer = [.. _run.Aggregator.Offer];
        newer[2]++;
        _run.Deliver(0, newer);
        AssertAll([0], AbortReason.UnsupportedVersion);
    }

    /// <summary>The man in the middle: the server's own keys stand for those of others.</summary>
    [Fact]
    public void Keys_SwappedForTheServersOwn_AreRefused()
    {
        Step(1);
        using var sealing = _rig.Terms.Suite.Generate(SystemEntropy.Instance);
        var shape = _rig.Terms.Shape;
        foreach (var node in Others())
        {
            var swapped = Rows(Keys(), (other, row) => other == node ? row : (RoundKeys.FromRow(row.Span, shape) with { Sealing = sealing.PublicKey }).ToRow());
            Assert.Null(_run.Deliver(node, KeyMessage(swapped)));
        }
        AssertAll(Others(), AbortReason.SignatureInvalid);
        Assert.Null(_run.Deliver(Victim, KeyMessage(Rows(Keys(), (other, row) => other == Victim ? Keys().Of(0)!.Value : row))));
        AssertAll([Victim], AbortReason.OwnEntryChanged);
    }

    /// <summary>A key of a node stands at another's place: signatures are bound to places.</summary>
    [Fact]
    public void Keys_SwappedAmongNodes_AreRefused()
    {
        Step(1);
        var swapped = Rows(Keys(), (node, row) => node switch { 0 => Keys().Of(1)!.Value, 1 => Keys().Of(0)!.Value, _ => row });

        Assert.Null(_run.Deliver(Victim, KeyMessage(swapped)));
        AssertAll([Victim], AbortReason.SignatureInvalid);
    }

    /// <summary>The victim is to be alone with five, four, … nodes: at every stage fewer than six are refused.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Cohort_TooSmall_IsRefusedAtEveryStage(int stage)
    {
        Step(stage);
        int[] few = [0, 1, 2, Victim, 4];
        var message = stage switch
        {
            1 => KeyMessage(NodeRows.From(Keys().RowBytes, Keys().Entries.Where(entry => few.Contains(entry.Node)))),
            2 => MessageFrame.Write(Delivery() with { Sharers = NodeSet.Of(8, few), Sealed = NodeRows.From(SealedShares.Bytes, Delivery().Sealed.Entries.Where(entry => few.Contains(entry.Node))) }),
            _ => Survivors(few),
        };

        Assert.Null(_run.Deliver(Victim, message));
        AssertAll([Victim], AbortReason.CohortTooSmall);
    }

    /// <summary>Nodes are invented: sharers that announced no keys, survivors that did not share.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Sets_WithNodesThatWereNotThereBefore_AreRefused(int stage)
    {
        var lost = 7;
        _run.Step(node => node != lost);
        Step(stage - 1);
        var message = stage == 2 ? MessageFrame.Write(Delivery() with { Sharers = NodeSet.Of(8, All()) }) : Survivors(All());

        Assert.Null(_run.Deliver(Victim, message));
        AssertAll([Victim], AbortReason.SetInvalid);
    }

    /// <summary>Sealed shares go to another place, are left out, or are changed.</summary>
    [Theory]
    [InlineData("swapped")]
    [InlineData("changed")]
    [InlineData("left out")]
    public void Shares_OtherThanSealed_AreRefused(string how)
    {
        Step(2);
        var rows = Delivery().Sealed;
        var other = how switch
        {
            "swapped" => Rows(rows, (node, row) => node switch { 0 => rows.Of(1)!.Value, 1 => rows.Of(0)!.Value, _ => row }),
            "changed" => Rows(rows, (node, row) => node == 0 ? (byte[])[.. row[..^1].Span, (byte)(row.Span[^1] ^ 1)] : row),
            _ => NodeRows.From(rows.RowBytes, rows.Entries.Skip(1)),
        };

        Assert.Null(_run.Deliver(Victim, MessageFrame.Write(Delivery() with { Sealed = other })));
        AssertAll([Victim], AbortReason.ShareInvalid);
    }

    [Theory]
    [InlineData("forged", AbortReason.SignatureInvalid)]
    [InlineData("one node's under all names", AbortReason.SignatureInvalid)]
    [InlineData("five", AbortReason.TooFewSignatures)]
    [InlineData("none", AbortReason.TooFewSignatures)]
    public void Signatures_OtherThanEnoughOfTheNodes_AreRefused(string how, AbortReason expected)
    {
        Step(3);
        var signatures = All().ToDictionary(node => node, node => Signature(_run.Deliver(node, Survivors(All()))));
        var given = how switch
        {
            "forged" => signatures.ToDictionary(entry => entry.Key, _ => new byte[64]),
            "one node's under all names" => signatures.ToDictionary(entry => entry.Key, _ => signatures[0]),
            "five" => signatures.Take(5).ToDictionary(),
            _ => [],
        };

        foreach (var node in All()) Assert.Null(_run.Deliver(node, Signatures(given)));
        AssertAll(All(), expected);
    }

    /// <summary>Unmasking is asked for at once, without a set of survivors.</summary>
    [Fact]
    public void Signatures_WithoutSurvivors_AreOutOfOrder()
    {
        Step(3);
        foreach (var node in All()) Assert.Null(_run.Deliver(node, Signatures([])));
        AssertAll(All(), AbortReason.UnexpectedMessage);
    }

    /// <summary>After an abort nothing is answered any more, not even what would have been right.</summary>
    [Fact]
    public void Receive_AfterAnAbort_StaysSilent()
    {
        Step(3);
        var right = Survivors(All());
        Assert.Null(_run.Deliver(Victim, Survivors([0, 1])));
        Assert.Null(_run.Deliver(Victim, right));
        Assert.True(_run.Nodes[Victim].IsOver);
    }

    private static int[] All() => [.. Enumerable.Range(0, 8)];

    private static int[] Others() => [.. All().Where(node => node != Victim)];

    /// <summary>So many honest stages.</summary>
    private void Step(int stages)
    {
        for (var i = 0; i < stages; i++) _run.Step();
    }

    private void AssertAll(IEnumerable<int> nodes, AbortReason reason) =>
        Assert.All(nodes, node => Assert.Equal(reason, _run.NodeAborts.GetValueOrDefault(node)?.Reason));

    private NodeRows Keys() => MessageFrame.Read<KeyList>(_run.Pending[RoundRig.NameOf(Victim)], _rig.Terms.Shape).Keys;

    private ShareDelivery Delivery() => MessageFrame.Read<ShareDelivery>(_run.Pending[RoundRig.NameOf(Victim)], _rig.Terms.Shape);

    private byte[] Session()
    {
        var input = _run.Transcript[2].Values.First();
        return MessageFrame.Read<MaskedInput>(input, _rig.Terms.Shape).Session;
    }

    private byte[] KeyMessage(NodeRows keys) => MessageFrame.Write(new KeyList(_rig.Terms.Header(1).Hash(), keys));

    private byte[] Survivors(IEnumerable<int> nodes) => MessageFrame.Write(new SurvivorList(Session(), NodeSet.Of(8, nodes)));

    private byte[] Signatures(Dictionary<int, byte[]> signatures) => MessageFrame.Write(
        new SignatureList(Session(), NodeRows.From(64, signatures.Select(entry => (entry.Key, (ReadOnlyMemory<byte>)entry.Value)))));

    private byte[] Signature(byte[]? reply) => MessageFrame.Read<SurvivorSignature>(reply, _rig.Terms.Shape).Signature;

    private static NodeRows Rows(NodeRows rows, Func<int, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> change) =>
        NodeRows.From(rows.RowBytes, rows.Entries.Select(entry => (entry.Node, change(entry.Node, entry.Row))));
}
