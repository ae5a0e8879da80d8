using TaskPlatform.Federation.Protocol.Messages;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>Where a round stands at the aggregator.</summary>
public enum RoundStage
{
    /// <summary>Nodes announce their keys.</summary>
    Keys,

    /// <summary>Nodes share their secrets.</summary>
    Shares,

    /// <summary>Nodes send their masked figures.</summary>
    Inputs,

    /// <summary>Nodes sign the set of survivors.</summary>
    Signatures,

    /// <summary>Nodes give shares.</summary>
    Unmasking,

    /// <summary>The sum is there.</summary>
    Done,

    /// <summary>There will be none.</summary>
    Aborted,
}

/// <summary>
/// One round at the aggregator. It sends <see cref="Offer"/> to all, takes their answers, and once all have come or the time is over it closes the stage, which
/// gives the messages of the next. A node that does not answer a stage is out of the round. A message that is not as it should be is not taken, and ends the
/// round for nobody. The sum is exact over the nodes of <see cref="RoundSum.Nodes"/>, or there is none. Not for several threads.
/// </summary>
public sealed partial class AggregatorRound : IDisposable
{
    private readonly RoundTerms _terms;
    private readonly RoundHeader _header;
    private readonly byte[] _headerHash;
    private readonly NodeTable _answers;

    private byte[] _session = [];

    /// <summary>A round of this number, which must be above that of every earlier one.</summary>
    public AggregatorRound(RoundTerms terms, ulong round)
    {
        _terms = terms;
        _header = terms.Header(round);
        _headerHash = _header.Hash();
        _answers = new NodeTable(terms.Roster.Count);
        _sum = new uint[terms.Schema.LaneCount];
        Offer = MessageFrame.Write(new RoundOffer(_header));
    }

    /// <summary>The first message, the same for every node of the roster.</summary>
    public byte[] Offer { get; }

    /// <summary>Where the round stands.</summary>
    public RoundStage Stage { get; private set; }

    /// <summary>Whether every node has answered that was asked in this stage, so that waiting on brings nothing.</summary>
    public bool IsStageFull => _answers.Expected.All(_answers.Contains);

    /// <summary>The sum, once the round is done.</summary>
    public RoundSum? Sum { get; private set; }

    /// <summary>Why there is none, once the round is aborted.</summary>
    public Abort? Abort { get; private set; }

    /// <summary>Takes a node's message.</summary>
    /// <param name="nodeId">Who sent it, as the transport has authenticated it.</param>
    /// <param name="message">The message.</param>
    /// <returns>Null when it was taken, or was taken before; else why not.</returns>
    public Abort? Receive(string nodeId, ReadOnlySpan<byte> message)
    {
        var node = _terms.Roster.IndexOf(nodeId);
        try
        {
            if (node < 0 || !_answers.IsExpected(node)) throw new AbortException(AbortReason.UnexpectedMessage, $"'{nodeId}' is not asked in this stage.");
            if (!_answers.IsNew(node, message)) return null;
            Take(node, message);
            _answers.Add(node, message);
            return null;
        }
        catch (AbortException refused)
        {
            return refused.Abort;
        }
    }

    /// <summary>Ends the stage with those that have answered.</summary>
    /// <returns>The next messages, by node; none when the round is done or aborted.</returns>
    public IReadOnlyDictionary<string, byte[]> Close()
    {
        try
        {
            var messages = Stage switch
            {
                RoundStage.Keys => CloseKeys(),
                RoundStage.Shares => CloseShares(),
                RoundStage.Inputs => CloseInputs(),
                RoundStage.Signatures => CloseSignatures(),
                RoundStage.Unmasking => CloseUnmasking(),
                _ => throw new InvalidOperationException("The round is over."),
            };
            Stage++;
            _answers.Expect(messages.Keys);
            return messages.ToDictionary(entry => _terms.Roster.IdOf(entry.Key), entry => entry.Value, StringComparer.Ordinal);
        }
        catch (AbortException ended)
        {
            Stage = RoundStage.Aborted;
            Abort = ended.Abort;
            _answers.Expect([]);
            return new Dictionary<string, byte[]>();
        }
    }

    /// <summary>Frees the nodes' public keys.</summary>
    public void Dispose()
    {
        foreach (var key in _maskingKeys.Values) key.Dispose();
        _maskingKeys.Clear();
    }

    private void Take(int node, ReadOnlySpan<byte> message)
    {
        switch (Stage)
        {
            case RoundStage.Keys:
                TakeKeys(node, MessageFrame.Read<KeyAnnouncement>(message, _terms.Shape));
                break;
            case RoundStage.Shares:
                TakeShares(node, MessageFrame.Read<ShareBundle>(message, _terms.Shape));
                break;
            case RoundStage.Inputs:
                TakeInput(MessageFrame.Read<MaskedInput>(message, _terms.Shape));
                break;
            case RoundStage.Signatures:
                TakeSignature(node, MessageFrame.Read<SurvivorSignature>(message, _terms.Shape));
                break;
            default:
                TakeUnmasking(node, MessageFrame.Read<UnmaskShares>(message, _terms.Shape));
                break;
        }
    }

    private void RequireSession(byte[] session)
    {
        if (!session.AsSpan().SequenceEqual(_session)) throw new AbortException(AbortReason.UnexpectedMessage, "The message is of another session.");
    }

    /// <summary>The nodes that answered the stage; too few end the round.</summary>
    private NodeSet Answered(int needed)
    {
        var nodes = NodeSet.Of(_terms.Roster.Count, _answers.Expected.Where(_answers.Contains));
        if (nodes.Count >= needed) return nodes;
        throw new AbortException(AbortReason.CohortTooSmall, $"{nodes.Count} nodes answered stage {Stage}; {needed} are needed.");
    }
}

/// <summary>What a round gives.</summary>
/// <param name="Lanes">The sums modulo 2³²; with noise they may be negative, as two's complement.</param>
/// <param name="Nodes">Whose figures are in it.</param>
public sealed record RoundSum(uint[] Lanes, IReadOnlyList<string> Nodes);
