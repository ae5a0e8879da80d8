using System.Collections.Immutable;

namespace TaskPlatform.Engine.Debates;

/// <summary>What a debate was asked for with, as far as its course depends on it.</summary>
public sealed record DebateRules
{
    /// <summary>How many debaters there are, 2 or more; the seats are counted from 1.</summary>
    public int Debaters { get; init; } = 3;

    /// <summary>How many rounds there are at most, 1 or more.</summary>
    public int MaxRounds { get; init; } = 3;

    /// <summary>Who decides where the debaters do not agree: a capability, or the id of an agent; null: their votes.</summary>
    public string? Judge { get; init; }

    /// <summary>The agents that debate, in the order of their seats; those beyond the seats stand in. Empty: whoever can.</summary>
    public ImmutableArray<string> Agents { get; init; } = [];

    /// <summary>What every debater must be able to do; null where agents are named.</summary>
    public string? Capability { get; init; }

    /// <summary>What all turns may use together; null: no limit.</summary>
    public TaskBudget? Budget { get; init; }

    /// <summary>When the debate ends with what there is, in Unix milliseconds; null: no limit.</summary>
    public long? DeadlineUnixMs { get; init; }
}

/// <summary>Where a turn is.</summary>
public enum TurnState
{
    /// <summary>Nobody has answered it yet.</summary>
    Open,

    /// <summary>It has an answer.</summary>
    Answered,

    /// <summary>It will have none: its agent died, failed, was too late or said something that is no answer.</summary>
    Failed,
}

/// <summary>One debater's, or the judge's, part in one round: a task.</summary>
/// <param name="Round">The round, from 1; the judge's is 0.</param>
/// <param name="Seat">Whose, from 1; the judge's is 0.</param>
/// <param name="Try">The first, or the second by whoever stands in.</param>
/// <param name="State">Where it is.</param>
public sealed record Turn(int Round, int Seat, int Try, TurnState State)
{
    /// <summary>Whether it is the judge's.</summary>
    public bool IsJudge => Seat == 0;

    /// <summary>Who has it, or is meant to have it; null: nobody yet.</summary>
    public string? AgentId { get; init; }

    /// <summary>Whether somebody took it; otherwise it still stands in line.</summary>
    public bool IsTaken { get; init; }

    /// <summary>The answer, where there is one.</summary>
    public string Answer { get; init; } = "";

    /// <summary>The reasons for it.</summary>
    public string? Argument { get; init; }

    /// <summary>How sure the debater is, 0 to 1; null: not said.</summary>
    public double? Confidence { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>What it used, every attempt counted.</summary>
    public Usage Used { get; init; }
}

/// <summary>A turn to be asked for.</summary>
/// <param name="Round">The round; 0 for the judge.</param>
/// <param name="Seat">The seat; 0 for the judge.</param>
/// <param name="Try">1, or 2 for whoever stands in.</param>
/// <param name="AgentId">The one agent that is asked; null: whoever can.</param>
public sealed record NextTurn(int Round, int Seat, int Try, string? AgentId);

/// <summary>An agent that may be asked: it is here and takes tasks.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Capabilities">What it can do; null: it never said.</param>
/// <param name="FreeSlots">How many more tasks it would take now.</param>
public sealed record PresentAgent(string Id, ImmutableSortedSet<string>? Capabilities, int FreeSlots)
{
    /// <summary>Whether it said that it can do this.</summary>
    public bool Can(string capability) => Capabilities is { } can && Ability.CanDo(can, capability);
}

/// <summary>What comes next in a debate. A closed set.</summary>
public abstract record DebateStep
{
    private DebateStep()
    {
    }

    /// <summary>These turns are asked for; then it waits for them, and for those that are still open.</summary>
    public sealed record Ask(ImmutableArray<NextTurn> Turns) : DebateStep;

    /// <summary>Turns are open; nothing more is asked.</summary>
    public sealed record Wait : DebateStep;

    /// <summary>It is over with a verdict.</summary>
    public sealed record End(Verdict Verdict) : DebateStep;

    /// <summary>It is over and nobody has answered.</summary>
    /// <param name="Reason">Why, in a sentence.</param>
    public sealed record Fail(string Reason) : DebateStep;
}

/// <summary>What a debate came to.</summary>
/// <param name="Answer">The answer, as the first of those gave it who hold it.</param>
/// <param name="DecidedBy">One of the words of <see cref="Debates.DecidedBy"/>.</param>
/// <param name="EndedBy">One of the words of <see cref="Debates.EndedBy"/>.</param>
/// <param name="Rounds">How many rounds were begun.</param>
/// <param name="Votes">What each answer had in the end, most votes first.</param>
/// <param name="IsTie">Whether another answer had as many votes.</param>
/// <param name="Note">What is to be known of it beside, in a sentence; null: nothing.</param>
public sealed record Verdict(string Answer, string DecidedBy, string EndedBy, int Rounds, ImmutableArray<VoteCount> Votes, bool IsTie, string? Note);

/// <summary>An answer and who holds it.</summary>
/// <param name="Answer">The answer, as the first of them gave it.</param>
/// <param name="Seats">Whose last answer it is, in order.</param>
/// <param name="Confidence">How sure they are on average, 0 to 1; who did not say counts as 0.5.</param>
public sealed record VoteCount(string Answer, ImmutableArray<int> Seats, double Confidence);

/// <summary>The words for who decided.</summary>
public static class DecidedBy
{
    /// <summary>All debaters, or more than two thirds of them.</summary>
    public const string Agreement = "agreement";

    /// <summary>The most votes.</summary>
    public const string Vote = "vote";

    /// <summary>The judge.</summary>
    public const string Judge = "judge";
}

/// <summary>The words for what ended the rounds.</summary>
public static class EndedBy
{
    /// <summary>The debaters agreed.</summary>
    public const string Agreement = "agreement";

    /// <summary>Nobody changed their mind in the last round.</summary>
    public const string Unchanged = "unchanged";

    /// <summary>There were as many rounds as there may be.</summary>
    public const string Rounds = "rounds";

    /// <summary>What a further round would use is not left.</summary>
    public const string Budget = "budget";

    /// <summary>The time is over.</summary>
    public const string Deadline = "deadline";

    /// <summary>Fewer than two debaters are left.</summary>
    public const string Debaters = "debaters";
}
