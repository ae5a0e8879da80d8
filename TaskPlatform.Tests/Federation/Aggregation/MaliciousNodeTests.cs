using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Sharing;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>A node that lies to the aggregator: its message is not taken, or the round ends without a sum. A wrong sum it cannot make, save by lying about its figures.</summary>
public sealed class MaliciousNodeTests : IDisposable
{
    private readonly RoundRig _rig = new(8);
    private readonly RoundRun _run;

    public MaliciousNodeTests() => _run = _rig.Start(_rig.Figures(seed: 9));

    public void Dispose()
    {
        _run.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public void Receive_KeysOfAnotherNode_AreNotTaken()
    {
        var reply = _run.Deliver(0, _run.Pending[RoundRig.NameOf(0)])!;

        Assert.Equal(AbortReason.SignatureInvalid, _run.Aggregator.Receive(RoundRig.NameOf(1), reply)?.Reason);
        Assert.Equal(AbortReason.UnexpectedMessage, _run.Aggregator.Receive("stranger", reply)?.Reason);
        Assert.Null(_run.Aggregator.Receive(RoundRig.NameOf(0), reply));
    }

    /// <summary>They would end the round at every other node; so the aggregator does not pass them on.</summary>
    [Fact]
    public void Receive_SignedKeysThatAreNone_AreNotTaken()
    {
        using var rig = new RoundRig(8, CipherSuites.P256);
        using var run = rig.Start(rig.Figures(seed: 9));
        var hash = rig.Terms.Header(1).Hash();
        var keys = new RoundKeys(new byte[64], new byte[64], []);
        keys = keys with { Signature = RoundRig.IdentityOf(2).Sign(Statements.Keys(hash, 2, keys)) };

        Assert.Equal(AbortReason.KeyInvalid, run.Aggregator.Receive(RoundRig.NameOf(2), MessageFrame.Write(new KeyAnnouncement(hash, keys)))?.Reason);
    }

    [Fact]
    public void Receive_ASecondDifferentInput_IsNotTaken()
    {
        _run.Step();
        _run.Step();
        var reply = _run.Deliver(0, _run.Pending[RoundRig.NameOf(0)])!;
        byte[] other = [.. reply[..^1], (byte)(reply[^1] ^ 1)];

        Assert.Null(_run.Aggregator.Receive(RoundRig.NameOf(0), reply));
        Assert.Equal(AbortReason.UnexpectedMessage, _run.Aggregator.Receive(RoundRig.NameOf(0), other)?.Reason);
        _run.Finish();
        Assert.Equal(_run.ExpectedSum(_ => true), _run.Aggregator.Sum!.Lanes);
    }

    /// <summary>Wrong shares open another secret than was promised, of a living node as of a lost one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Close_WithAWrongShare_EndsWithoutASum(bool lostPeer)
    {
        int[] lost = lostPeer ? [7] : [];
        _run.Step();
        _run.Step();
        while (_run.Aggregator.Stage < RoundStage.Unmasking) _run.Step(node => !lost.Contains(node));
        foreach (var (name, message) in _run.Pending)
        {
            var node = _rig.Roster.IndexOf(name);
            var shares = MessageFrame.Read<UnmaskShares>(_run.Deliver(node, message)!, _rig.Terms.Shape);
            if (node == 0) shares = shares with { Shares = Wrong(shares.Shares, lostPeer ? 7 : 3) };
            Assert.Null(_run.Aggregator.Receive(name, MessageFrame.Write(shares)));
        }
        Assert.Empty(_run.Aggregator.Close());

        Assert.Equal(AbortReason.SecretMismatch, _run.Aggregator.Abort?.Reason);
        Assert.Null(_run.Aggregator.Sum);
    }

    /// <summary>Shares of one seed, the promise of another: whoever shares so would leave its own mask on, were it not held against the promise.</summary>
    [Fact]
    public void Close_WithSharesOfAnotherSeed_EndsWithoutASum()
    {
        _run.Step();
        foreach (var (name, message) in _run.Pending)
        {
            var node = _rig.Roster.IndexOf(name);
            var bundle = MessageFrame.Read<ShareBundle>(_run.Deliver(node, message)!, _rig.Terms.Shape);
            if (node == 0) bundle = bundle with { SeedCommitment = new byte[32] };
            Assert.Null(_run.Aggregator.Receive(name, MessageFrame.Write(bundle)));
        }
        _run.Continue();
        _run.Finish();

        Assert.Equal(AbortReason.SecretMismatch, _run.Aggregator.Abort?.Reason);
        Assert.Null(_run.Aggregator.Sum);
    }

    [Fact]
    public void Receive_SharesOfFewerNodes_AreNotTaken()
    {
        for (var i = 0; i < 4; i++) _run.Step();
        var shares = MessageFrame.Read<UnmaskShares>(_run.Deliver(0, _run.Pending[RoundRig.NameOf(0)])!, _rig.Terms.Shape);
        var fewer = shares with { Shares = NodeRows.From(Shamir.ShareBytes, shares.Shares.Entries.Skip(1)) };

        Assert.Equal(AbortReason.ShareInvalid, _run.Aggregator.Receive(RoundRig.NameOf(0), MessageFrame.Write(fewer))?.Reason);
    }

    private static NodeRows Wrong(NodeRows rows, int about) => NodeRows.From(
        rows.RowBytes, rows.Entries.Select(entry => (entry.Node, entry.Node == about ? (ReadOnlyMemory<byte>)new byte[Shamir.ShareBytes] : entry.Row)));
}
