using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>
/// One round of secure aggregation at a node: it takes the aggregator's five messages in order and answers each. It trusts nothing that it is told: whatever
/// is out of order, incomplete, unsigned or other than agreed ends its round, and then its secrets are wiped and no message is answered any more. A message
/// that comes again, byte for byte, gets the same bytes as before. Secrets are in memory only: a round does not survive its process. Not for several threads.
/// </summary>
public sealed partial class NodeRound : IDisposable
{
    private readonly NodeSeat _seat;
    private readonly RoundTerms _terms;
    private readonly Func<ReadOnlyMemory<uint>> _figures;
    private readonly int _self;
    private readonly Dictionary<string, byte[]> _answered = [];

    private MessageKind _next = MessageKind.RoundOffer;
    private RoundHeader _header = null!;
    private byte[] _headerHash = [];
    private byte[] _session = [];
    private RoundKeys _ownKeys = null!;
    private IPrivateKey? _sealing;
    private IPrivateKey? _masking;
    private Abort? _abort;

    /// <summary>A round for these figures.</summary>
    /// <param name="seat">The node.</param>
    /// <param name="figures">A number for each lane; larger ones are cut to the clip.</param>
    /// <exception cref="ArgumentException">Another number of lanes, or a node that is not in the roster.</exception>
    public NodeRound(NodeSeat seat, ReadOnlyMemory<uint> figures)
        : this(seat, () => figures)
    {
        if (figures.Length != seat.Terms.Schema.LaneCount) throw new ArgumentException("One figure is needed for each lane.", nameof(figures));
    }

    /// <summary>A round whose figures are asked for at the last moment.</summary>
    /// <param name="seat">The node.</param>
    /// <param name="figures">
    /// Gives a number for each lane. Asked once at most: in stage 2, after the noise was granted, so that a round which ends before uses nothing up.
    /// </param>
    /// <exception cref="ArgumentException">A node that is not in the roster.</exception>
    public NodeRound(NodeSeat seat, Func<ReadOnlyMemory<uint>> figures)
    {
        _seat = seat;
        _terms = seat.Terms;
        _figures = figures;
        _self = seat.Place();
    }

    /// <summary>Whether the node has given its shares, or its round has ended.</summary>
    public bool IsOver => _abort is not null || _next == 0;

    /// <summary>Takes a message of the aggregator.</summary>
    public NodeAnswer Receive(ReadOnlySpan<byte> message)
    {
        if (_abort is not null) return new NodeAnswer(null, _abort);
        var digest = Convert.ToHexString(SHA256.HashData(message));
        if (_answered.TryGetValue(digest, out var earlier)) return new NodeAnswer(earlier, null);
        try
        {
            var reply = MessageFrame.Write(Answer(message));
            _answered.Add(digest, reply);
            return new NodeAnswer(reply, null);
        }
        catch (AbortException ended)
        {
            _abort = ended.Abort;
            Wipe();
            return new NodeAnswer(null, _abort);
        }
    }

    /// <summary>Wipes the secrets that are left.</summary>
    public void Dispose() => Wipe();

    private IMessage Answer(ReadOnlySpan<byte> message)
    {
        switch (_next)
        {
            case MessageKind.RoundOffer:
                return OnOffer(MessageFrame.Read<RoundOffer>(message, _terms.Shape).Header);
            case MessageKind.KeyList:
                return OnKeys(MessageFrame.Read<KeyList>(message, _terms.Shape));
            case MessageKind.ShareDelivery:
                return OnShares(MessageFrame.Read<ShareDelivery>(message, _terms.Shape));
            case MessageKind.SurvivorList:
                return OnSurvivors(MessageFrame.Read<SurvivorList>(message, _terms.Shape));
            case MessageKind.SignatureList:
                return OnSignatures(MessageFrame.Read<SignatureList>(message, _terms.Shape));
            default:
                throw new AbortException(AbortReason.UnexpectedMessage, "The round is over: shares were given.");
        }
    }

    private void RequireSession(byte[] session)
    {
        if (!session.AsSpan().SequenceEqual(_session)) throw new AbortException(AbortReason.UnexpectedMessage, "The message is of another session.");
    }

    private void Wipe()
    {
        _sealing?.Dispose();
        _masking?.Dispose();
        CryptographicOperations.ZeroMemory(_seed);
        foreach (var secret in _held.Values.Concat(_sealingSecrets.Values)) CryptographicOperations.ZeroMemory(secret);
        _held.Clear();
        _sealingSecrets.Clear();
    }
}
