using System.Collections.Immutable;

namespace TaskPlatform.Engine.Debates;

/// <summary>Who holds what: the last answer of each debater, and what that comes to.</summary>
public sealed class Positions
{
    private const double Unsaid = 0.5;

    private readonly ImmutableSortedDictionary<int, Turn> _bySeat;

    private Positions(ImmutableSortedDictionary<int, Turn> bySeat)
    {
        _bySeat = bySeat;
        Votes = [.. bySeat.Values.GroupBy(turn => Key(turn.Answer), StringComparer.Ordinal).Select(Tally)
            .OrderByDescending(vote => vote.Seats.Length).ThenByDescending(vote => vote.Confidence).ThenBy(vote => vote.Seats[0])];
    }

    /// <summary>The last answer of each seat, up to a round.</summary>
    /// <param name="turns">Every turn.</param>
    /// <param name="round">The last round that counts.</param>
    /// <param name="leftOut">Seats that do not count.</param>
    public static Positions After(IEnumerable<Turn> turns, int round, IReadOnlySet<int> leftOut)
    {
        var last = turns.Where(turn => !turn.IsJudge && turn.State == TurnState.Answered && turn.Round <= round && !leftOut.Contains(turn.Seat))
            .GroupBy(turn => turn.Seat).Select(seat => seat.MaxBy(turn => turn.Round)!);
        return new Positions(last.ToImmutableSortedDictionary(turn => turn.Seat, turn => turn));
    }

    /// <summary>How many hold a position.</summary>
    public int Count => _bySeat.Count;

    /// <summary>What each answer has: most votes first, then who is surer, then whose seat comes first.</summary>
    public ImmutableArray<VoteCount> Votes { get; }

    /// <summary>
    /// Whether all agree, or a majority is beyond doubt: more than two thirds, so that of three all must agree, of four or five one may differ, of seven
    /// two. Fewer than two agree on nothing.
    /// </summary>
    public bool Agree => Count >= 2 && 3 * Votes[0].Seats.Length > 2 * Count;

    /// <summary>Whether the first has no more votes than the second.</summary>
    public bool IsTie => Votes.Length > 1 && Votes[0].Seats.Length == Votes[1].Seats.Length;

    /// <summary>The last answer of a seat; null when it has none.</summary>
    public Turn? Of(int seat) => _bySeat.GetValueOrDefault(seat);

    /// <summary>Whether the same seats hold the same.</summary>
    public bool AreSameAs(Positions other)
        => Count == other.Count && _bySeat.All(held => other.Of(held.Key) is { } before && Key(before.Answer) == Key(held.Value.Answer));

    /// <summary>What makes two answers one: case, white space and a full stop at the end do not count.</summary>
    public static string Key(string answer)
    {
        var words = answer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words).TrimEnd('.', ' ').ToUpperInvariant();
    }

    private static VoteCount Tally(IEnumerable<Turn> alike)
    {
        var turns = alike.OrderBy(turn => turn.Seat).ToList();
        return new VoteCount(turns[0].Answer, [.. turns.Select(turn => turn.Seat)], turns.Average(turn => turn.Confidence ?? Unsaid));
    }
}
