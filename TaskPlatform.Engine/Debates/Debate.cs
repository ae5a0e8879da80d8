namespace TaskPlatform.Engine.Debates;

/// <summary>
/// How a debate goes on: a pure function of its turns. It keeps no state, so that whoever asks it again, after a crash or twice, hears the same of the
/// same turns. docs/debate.md has the rules in words.
/// </summary>
public static class Debate
{
    private const int Tries = 2;

    /// <summary>What comes next.</summary>
    /// <param name="rules">What was asked for.</param>
    /// <param name="turns">Every turn so far, in any order.</param>
    /// <param name="present">Agents that are here and take tasks.</param>
    /// <param name="nowUnixMs">The time, in Unix milliseconds.</param>
    public static DebateStep Next(DebateRules rules, IReadOnlyList<Turn> turns, IReadOnlyList<PresentAgent> present, long nowUnixMs)
        => new Course(rules, turns, new Seating(rules, turns, present), nowUnixMs).Next();

    /// <summary>Turns that wait for an agent which is gone, while another one could stand in: to be given up.</summary>
    public static IEnumerable<Turn> Forsaken(DebateRules rules, IReadOnlyList<Turn> turns, IReadOnlyList<PresentAgent> present)
    {
        var seating = new Seating(rules, turns, present);
        foreach (var turn in turns)
        {
            if (turn is not { State: TurnState.Open, IsTaken: false, AgentId: { } agentId, Try: < Tries } || present.Any(agent => agent.Id == agentId)) continue;
            if (turn.IsJudge || seating.StandIn(turn) is not null) yield return turn;
        }
    }

    private sealed class Course(DebateRules rules, IReadOnlyList<Turn> turns, Seating seating, long nowUnixMs)
    {
        private readonly int _round = turns.Where(turn => !turn.IsJudge).Select(turn => turn.Round).DefaultIfEmpty(0).Max();

        private bool IsLate => rules.DeadlineUnixMs <= nowUnixMs;

        public DebateStep Next()
        {
            if (_round == 0) return Begin();
            if (turns.Where(turn => turn.IsJudge).MaxBy(turn => turn.Try) is { } judged) return AfterJudge(judged);
            var last = LastOf(_round);
            var standIns = IsLate || IsUsedUp ? [] : last.Where(turn => turn is { State: TurnState.Failed, Try: < Tries }).Select(seating.StandIn).OfType<NextTurn>().ToList();
            if (standIns.Count > 0) return new DebateStep.Ask([.. standIns]);
            return last.Exists(turn => turn.State == TurnState.Open) ? new DebateStep.Wait() : AfterRound(last);
        }

        private DebateStep Begin()
        {
            if (IsLate) return new DebateStep.Fail("The time was over before the first round.");
            return IsUsedUp ? new DebateStep.Fail("The budget leaves nothing for the first round.") : Ask(1, Enumerable.Range(1, rules.Debaters));
        }

        private List<Turn> LastOf(int round)
            => [.. turns.Where(turn => !turn.IsJudge && turn.Round == round).GroupBy(turn => turn.Seat).Select(seat => seat.MaxBy(turn => turn.Try)!).OrderBy(turn => turn.Seat)];

        private DebateStep AfterRound(List<Turn> last)
        {
            var held = Held();
            if (held.Count == 0) return new DebateStep.Fail(last.Count > 0 ? $"Nobody answered. The last to fail: {last[^1].Error}" : "Nobody answered.");
            if (held.Agree) return End(held, DecidedBy.Agreement, EndedBy.Agreement);
            var left = last.Select(turn => turn.Seat).Except(LeftOut()).ToList();
            if (left.Count < 2) return End(held, DecidedBy.Vote, EndedBy.Debaters);
            if (IsLate) return End(held, DecidedBy.Vote, EndedBy.Deadline);
            if (_round >= rules.MaxRounds) return Decide(held, EndedBy.Rounds);
            if (_round > 1 && held.AreSameAs(Positions.After(turns, _round - 1, LeftOut()))) return Decide(held, EndedBy.Unchanged);
            if (!HasLeft(UsedIn(_round))) return Decide(held, EndedBy.Budget);
            return Ask(_round + 1, left);
        }

        /// <summary>Who failed the round, stand-in and all, has no vote; but the time being over is nobody's failure, and better old answers than none.</summary>
        private Positions Held()
        {
            var held = Positions.After(turns, _round, LeftOut());
            return held.Count > 0 ? held : Positions.After(turns, _round, new HashSet<int>());
        }

        private HashSet<int> LeftOut()
        {
            var seats = new HashSet<int>();
            if (IsLate) return seats;
            for (var seat = 1; seat <= rules.Debaters; seat++)
            {
                var last = turns.Where(turn => turn.Seat == seat).MaxBy(turn => (turn.Round, turn.Try));
                if (last is null || last.State == TurnState.Failed) seats.Add(seat);
            }
            return seats;
        }

        private DebateStep Decide(Positions held, string endedBy)
        {
            if (rules.Judge is null || IsLate) return End(held, DecidedBy.Vote, endedBy);
            return IsUsedUp ? End(held, DecidedBy.Vote, EndedBy.Budget, "Nothing was left for the judge.") : new DebateStep.Ask([seating.Judge(1)]);
        }

        private DebateStep AfterJudge(Turn judged)
        {
            if (judged.State == TurnState.Open) return new DebateStep.Wait();
            var held = Held();
            if (judged.State == TurnState.Answered) return End(held, DecidedBy.Judge, WhyJudged(held), answer: judged.Answer);
            if (judged.Try < Tries && !IsLate && !IsUsedUp) return new DebateStep.Ask([seating.Judge(Tries)]);
            return End(held, DecidedBy.Vote, WhyJudged(held), $"The judge failed: {judged.Error}");
        }

        /// <summary>What had ended the rounds before the judge was asked.</summary>
        private string WhyJudged(Positions held)
        {
            if (_round >= rules.MaxRounds) return EndedBy.Rounds;
            return _round > 1 && held.AreSameAs(Positions.After(turns, _round - 1, LeftOut())) ? EndedBy.Unchanged : EndedBy.Budget;
        }

        private DebateStep Ask(int round, IEnumerable<int> seats) => new DebateStep.Ask([.. seats.Select(seat => seating.Place(round, seat))]);

        private DebateStep.End End(Positions held, string decidedBy, string endedBy, string? note = null, string? answer = null)
            => new(new Verdict(answer ?? held.Votes[0].Answer, decidedBy, endedBy, _round, held.Votes, answer is null && held.IsTie, note));

        private bool IsUsedUp => !HasLeft(default);

        /// <summary>Whether so much more may be used; something must be left in any case.</summary>
        private bool HasLeft(Usage more)
        {
            if (rules.Budget is not { } budget) return true;
            var used = turns.Aggregate(default(Usage), (sum, turn) => sum + turn.Used);
            return (budget.Tokens is not { } tokens || (used.Tokens < tokens && used.Tokens + more.Tokens <= tokens))
                && (budget.Cost is not { } cost || (used.Cost < cost && used.Cost + more.Cost <= cost));
        }

        private Usage UsedIn(int round) => turns.Where(turn => turn.Round == round).Aggregate(default(Usage), (sum, turn) => sum + turn.Used);
    }
}
