using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Api.Federation;

/// <summary>
/// Looks what could be told in a round. What comes back gives a number for each lane, and is asked for once at most: when the round's noise is paid for.
/// </summary>
/// <exception cref="Queues.QueueUnavailableException">The queue does not answer.</exception>
internal delegate Task<Func<ReadOnlyMemory<uint>>> PrepareFigures(long round, CancellationToken cancellationToken);

/// <summary>
/// A node's way through rounds, one after another: it asks the aggregator for the next message, answers it, and brings the answer with the next question. Whatever ends a
/// round for this node is said and counted, and the node goes on with the next one. Of one thread at a time.
/// </summary>
internal sealed class RoundParticipant(FederationClient client, NodeSeat seat, PrepareFigures prepare, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>A round further off the node's own clock is refused: a number far ahead would make the journal refuse all that come.</summary>
    private static readonly TimeSpan MaxClockDifference = TimeSpan.FromSeconds(60);

    private RoundPosition _position;
    private byte[]? _answer;
    private NodeRound? _round;
    private Func<ReadOnlyMemory<uint>>? _figures;

    /// <summary>Why the last round ended early for this node; null when it did not.</summary>
    public Abort? Trouble { get; private set; }

    /// <summary>One question to the aggregator, and what follows from its answer.</summary>
    /// <returns>Whether there was anything to be done.</returns>
    /// <exception cref="HttpRequestException">Nobody answered; to be tried again.</exception>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var said = await client.ExchangeAsync(_position, _answer, cancellationToken);
        _answer = null;
        switch (said)
        {
            case Exchanged.Message(var position, var bytes) when position > _position:
                await TakeAsync(position, bytes, cancellationToken);
                return true;
            case Exchanged.Message:
                throw new HttpRequestException("The aggregator sent a message that this node has.");
            case Exchanged.Refused(var reason, var detail):
                Leave(_position.Round, reason, detail);
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _round?.Dispose();

    private async Task TakeAsync(RoundPosition position, byte[] message, CancellationToken cancellationToken)
    {
        var isNewRound = position.Round != _position.Round;
        if (isNewRound && _round is not null) Leave(_position.Round, "Superseded", "The next round began before this one was over.");
        _position = position;
        if (isNewRound && !TryBegin(position, message)) return;
        if (KindOf(message) == MessageKind.ShareDelivery && !await TryPrepareAsync(position.Round, cancellationToken)) return;
        var answer = _round!.Receive(message);
        if (answer.Abort is { } abort) Leave(abort);
        else _answer = answer.Reply;
        if (_round is { IsOver: true }) Finish();
    }

    /// <summary>False for a round that this node does not join: of which it gets another message than the offer, being back from a restart, or an offer out of time.</summary>
    private bool TryBegin(RoundPosition position, byte[] offer)
    {
        _position = RoundPosition.EndOf(position.Round);
        if (KindOf(offer) != MessageKind.RoundOffer) return false;
        if (CheckOffer(position.Round, offer) is { } abort)
        {
            Leave(abort);
            return false;
        }
        _position = position;
        _round = new NodeRound(seat, () => _figures!());
        return true;
    }

    private Abort? CheckOffer(ulong round, byte[] offer)
    {
        try
        {
            if (MessageFrame.Read<RoundOffer>(offer, seat.Terms.Shape).Header.Round != round) return new Abort(AbortReason.UnexpectedMessage, "The offer is of another round.");
        }
        catch (AbortException malformed)
        {
            return malformed.Abort;
        }
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var isNear = round <= long.MaxValue && Math.Abs((decimal)round - now) <= (decimal)MaxClockDifference.TotalMilliseconds;
        return isNear ? null : new Abort(AbortReason.ClockApart, $"Its begin is {((decimal)round - now) / 1000:0} s off this node's clock.");
    }

    private async Task<bool> TryPrepareAsync(ulong round, CancellationToken cancellationToken)
    {
        try
        {
            _figures = await prepare((long)round, cancellationToken); // a round near this node's clock fits
            return true;
        }
        catch (Queues.QueueUnavailableException unavailable)
        {
            Leave(round, "QueueUnavailable", unavailable.Message);
            return false;
        }
    }

    private void Finish()
    {
        EndRound();
        if (Trouble is not null) Log.RoundsGoOn(logger, _position.Round);
        Trouble = null;
        FederationMetrics.RoundEnded("answered");
    }

    private void Leave(Abort abort)
    {
        Leave(_position.Round, abort.Reason.ToString(), abort.Detail);
        Trouble = abort;
    }

    private void Leave(ulong round, string reason, string detail)
    {
        EndRound();
        _position = RoundPosition.EndOf(round);
        FederationMetrics.RoundEnded(reason);
        Log.RoundLeft(logger, round, reason, detail);
    }

    private void EndRound()
    {
        _round?.Dispose();
        (_round, _figures) = (null, null);
    }

    private static MessageKind? KindOf(byte[] message) => message.Length >= MessageFrame.Bytes ? (MessageKind)message[MessageFrame.Bytes - 1] : null;
}
