using TaskPlatform.Client.Wire;
using TaskPlatform.Engine.Debates;

namespace TaskPlatform.Api.Debates;

/// <summary>Writes what a debater or the judge is given.</summary>
/// <param name="debate">The debate's id.</param>
/// <param name="asked">What was asked for.</param>
/// <param name="turns">Every turn so far.</param>
internal sealed class Briefs(string debate, StartDebate asked, IReadOnlyList<Turn> turns)
{
    /// <summary>The payload of a turn: a debater sees what the others said in the rounds before, never in the same one; the judge sees what all said last.</summary>
    public byte[] Write(NextTurn turn)
    {
        var isJudge = turn.Seat == 0;
        var rounds = turns.Select(before => before.Round).DefaultIfEmpty(0).Max();
        var seen = Positions.After(turns, isJudge ? rounds : turn.Round - 1, new HashSet<int>());
        var said = Enumerable.Range(1, asked.Debaters!.Value).Select(seen.Of).OfType<Turn>().ToList();
        return Shortened.Write(most => new DebateTurn
        {
            Debate = debate,
            Role = isJudge ? "judge" : "debater",
            Question = asked.Question!,
            Payload = asked.Payload,
            Round = isJudge ? rounds : turn.Round,
            MaxRounds = asked.MaxRounds!.Value,
            Own = said.Where(before => before.Seat == turn.Seat).Select(before => OpinionOf(before, most)).SingleOrDefault(),
            Others = [.. said.Where(before => before.Seat != turn.Seat).Select(before => OpinionOf(before, most))],
            Shortened = said.Exists(before => before.Argument?.Length > most) ? true : null,
        });
    }

    private static DebateOpinion OpinionOf(Turn turn, int most) => new()
    {
        Seat = turn.Seat,
        Answer = turn.Answer,
        Argument = Shortened.Cut(turn.Argument, most),
        Confidence = turn.Confidence,
    };
}
