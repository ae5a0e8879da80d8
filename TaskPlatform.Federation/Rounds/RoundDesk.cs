using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation.Rounds;

/// <summary>A message for a node, and the position that a node which has it is at.</summary>
internal readonly record struct OutgoingMessage(RoundPosition Position, byte[] Bytes);

/// <summary>
/// The round as it stands, one at a time, between the loop that begins it and closes its stages and the calls that bring nodes' answers and wait for messages. All of it is
/// under one lock, and whoever waits is woken at once.
/// </summary>
internal sealed class RoundDesk
{
    private readonly RoundTerms _terms;
    private readonly Lock _lock = new();
    private readonly ChangeSignal _changed;
    private readonly Dictionary<string, OutgoingMessage> _outgoing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (RoundPosition Position, byte[] Digest)> _taken = new(StringComparer.Ordinal);
    private AggregatorRound? _round;
    private ulong _number;
    private TaskCompletionSource _full = ChangeSignal.New();

    public RoundDesk(RoundTerms terms, TimeProvider time) => (_terms, _changed) = (terms, new ChangeSignal(_lock, time));

    /// <summary>Begins a round, whose offer is for all. The one before is over.</summary>
    /// <returns>Completes when every node has answered the first stage.</returns>
    public Task Begin(ulong number)
    {
        lock (_lock)
        {
            _round?.Dispose();
            (_round, _number) = (new AggregatorRound(_terms, number), number);
            return Send(_terms.Roster.Members.ToDictionary(member => member.Id, _ => _round.Offer));
        }
    }

    /// <summary>Closes the stage with those that have answered it.</summary>
    /// <returns>Where the round stands then, and what completes when every node that is left has answered that stage.</returns>
    public (RoundStage Stage, Task Full) CloseStage()
    {
        lock (_lock)
        {
            var full = Send(_round!.Close());
            return (_round.Stage, full);
        }
    }

    /// <summary>What became of the round: its sum, or why there is none.</summary>
    public (RoundSum? Sum, Abort? Abort) End
    {
        get
        {
            lock (_lock) return (_round!.Sum, _round.Abort);
        }
    }

    /// <summary>Takes a node's answer to the message at a position. The same answer again is taken as before, also when its stage is over.</summary>
    /// <returns>Null when it was taken; else why not.</returns>
    public Abort? Take(string node, RoundPosition position, ReadOnlySpan<byte> answer)
    {
        var digest = SHA256.HashData(answer);
        lock (_lock)
        {
            if (_taken.TryGetValue(node, out var before) && before.Position == position && before.Digest.AsSpan().SequenceEqual(digest)) return null;
            if (_round is null || position != new RoundPosition(_number, (int)_round.Stage))
            {
                return new Abort(AbortReason.UnexpectedMessage, $"Stage {position} is over: the answer came too late.");
            }
            if (_round.Receive(node, answer) is { } refused) return refused;
            _taken[node] = (position, digest);
            if (_round.IsStageFull) _full.TrySetResult();
            return null;
        }
    }

    /// <summary>The newest message for a node behind a position, as soon as there is one; null when there is none for so long.</summary>
    public Task<OutgoingMessage?> NextAsync(string node, RoundPosition after, TimeSpan patience, CancellationToken cancellationToken)
        => _changed.WaitForAsync(() => _outgoing.TryGetValue(node, out var message) && message.Position > after ? message : (OutgoingMessage?)null, patience, cancellationToken);

    /// <summary>Who is not among the receivers has no part in the stage, and is left waiting for the next round.</summary>
    private Task Send(IReadOnlyDictionary<string, byte[]> messages)
    {
        _outgoing.Clear();
        foreach (var (node, message) in messages) _outgoing.Add(node, new OutgoingMessage(new RoundPosition(_number, (int)_round!.Stage), message));
        _full = ChangeSignal.New();
        _changed.Set();
        return _full.Task;
    }
}
