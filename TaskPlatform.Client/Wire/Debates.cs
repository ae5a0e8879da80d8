using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>Who decides where the debaters do not agree.</summary>
[JsonConverter(typeof(WireEnumConverter<DebateRule>))]
public enum DebateRule
{
    /// <summary>The most votes (the default).</summary>
    Vote,
    /// <summary>A judge, who reads what everybody said.</summary>
    Judge,
}

/// <summary>How far a debate is.</summary>
[JsonConverter(typeof(WireEnumConverter<DebateState>))]
public enum DebateState
{
    /// <summary>Turns are open, or are about to be asked for.</summary>
    Running,
    /// <summary>It has a verdict.</summary>
    Completed,
    /// <summary>It ended without any answer; error says why.</summary>
    Failed,
    /// <summary>Somebody cancelled it.</summary>
    Cancelled,
}

/// <summary>Asks for a debate. The question and one of capability and agents are required.</summary>
public sealed record StartDebate
{
    /// <summary>The caller's own id, <c>[A-Za-z0-9._:-]{1,96}</c>; a repeat of the same id and body answers with the first debate. Unset: made by the service.</summary>
    public string? Id { get; init; }
    /// <summary>What is to be answered, at most 32 KiB.</summary>
    public string? Question { get; init; }
    /// <summary>What every debater is given with the question, at most 64 KiB.</summary>
    public RawJson? Payload { get; init; }
    /// <summary>What a debater must be able to do. It is also the type of the debaters' tasks.</summary>
    public string? Capability { get; init; }
    /// <summary>The agents that debate, 2 to 32; those beyond the number of debaters stand in for others. Their tasks have the type <c>debate-turn</c>.</summary>
    public IReadOnlyList<string>? Agents { get; init; }
    /// <summary>How many debate, 2 to 16; 3 when unset, or as many agents as are named.</summary>
    public int? Debaters { get; init; }
    /// <summary>How many rounds there are at most, 1 to 10; 3 when unset.</summary>
    public int? MaxRounds { get; init; }
    /// <summary>Who decides where they do not agree; vote when unset.</summary>
    public DebateRule? Rule { get; init; }
    /// <summary>The judge, for the rule judge: the id of an agent, or else a capability.</summary>
    public string? Judge { get; init; }
    /// <summary>What all turns may use together. No round is begun that would foreseeably use more.</summary>
    public TaskUsage? Budget { get; init; }
    /// <summary>When the debate ends with the best answer so far.</summary>
    public DateTimeOffset? Deadline { get; init; }
    /// <summary>How long one turn may take, from when it is asked for, in seconds, 1 to 86,400; 300 when unset.</summary>
    public double? TurnSeconds { get; init; }
    /// <summary>The priority of every turn; medium when unset.</summary>
    public TaskPriority? Priority { get; init; }
}

/// <summary>A debate as it stands.</summary>
public sealed record DebateInfo
{
    /// <summary>Its id, which is that of the task behind it.</summary>
    public required string Id { get; init; }
    /// <summary>Its queue.</summary>
    public required string Queue { get; init; }
    /// <summary>How far it is.</summary>
    public DebateState State { get; init; }
    /// <summary>What was asked.</summary>
    public string? Question { get; init; }
    /// <summary>The rounds that were begun.</summary>
    public int Rounds { get; init; }
    /// <summary>The answer; unset until it is over.</summary>
    public string? Verdict { get; init; }
    /// <summary><c>agreement</c>, <c>vote</c> or <c>judge</c>.</summary>
    public string? DecidedBy { get; init; }
    /// <summary>What ended the rounds: <c>agreement</c>, <c>unchanged</c>, <c>rounds</c>, <c>budget</c>, <c>deadline</c>, <c>debaters</c> (fewer than two were left).</summary>
    public string? EndedBy { get; init; }
    /// <summary>Whether another answer had as many votes as the verdict.</summary>
    public bool? Tie { get; init; }
    /// <summary>Every answer that somebody holds, most votes first.</summary>
    public IReadOnlyList<DebateVote>? Votes { get; init; }
    /// <summary>Every turn, in order.</summary>
    public IReadOnlyList<DebateTurnInfo>? Transcript { get; init; }
    /// <summary>Whether arguments in the transcript were cut short to make it fit.</summary>
    public bool? Shortened { get; init; }
    /// <summary>What else is to be known of the verdict.</summary>
    public string? Note { get; init; }
    /// <summary>What all turns have used; unset while that is nothing.</summary>
    public TaskUsage? Usage { get; init; }
    /// <summary>Why there is no verdict.</summary>
    public TaskError? Error { get; init; }
    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it was over.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>An answer and who holds it.</summary>
public sealed record DebateVote
{
    /// <summary>The answer, as the first of them gave it.</summary>
    public required string Answer { get; init; }
    /// <summary>The seats whose last answer it is.</summary>
    public required IReadOnlyList<int> Seats { get; init; }
    /// <summary>How sure they are on average, 0 to 1; who did not say counts as 0.5.</summary>
    public double Confidence { get; init; }
}

/// <summary>One turn of a debate.</summary>
public sealed record DebateTurnInfo
{
    /// <summary>The task behind it.</summary>
    public required string TaskId { get; init; }
    /// <summary>The round, from 1; unset for the judge.</summary>
    public int? Round { get; init; }
    /// <summary>Whose turn it is, from 1; unset for the judge.</summary>
    public int? Seat { get; init; }
    /// <summary>1, or 2 for whoever stood in.</summary>
    public int Try { get; init; } = 1;
    /// <summary>Who has it, or is meant to have it.</summary>
    public string? AgentId { get; init; }
    /// <summary>The answer; unset while there is none.</summary>
    public string? Answer { get; init; }
    /// <summary>The reasons.</summary>
    public string? Argument { get; init; }
    /// <summary>How sure, 0 to 1.</summary>
    public double? Confidence { get; init; }
    /// <summary>Why there is no answer, where there will be none.</summary>
    public string? Error { get; init; }
}

/// <summary>The debates of a queue, newest first.</summary>
public sealed record DebateList
{
    /// <summary>The debates, without their transcripts.</summary>
    public required IReadOnlyList<DebateInfo> Debates { get; init; }
    /// <summary>Where to go on; unset: there are no more.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>What a debater, or the judge, is given: the payload of a turn.</summary>
public sealed record DebateTurn
{
    /// <summary>The task type of turns for agents that are named.</summary>
    public const string Type = "debate-turn";

    /// <summary>The debate.</summary>
    public required string Debate { get; init; }
    /// <summary><c>debater</c> or <c>judge</c>.</summary>
    public required string Role { get; init; }
    /// <summary>What is to be answered.</summary>
    public required string Question { get; init; }
    /// <summary>What the asker gave with the question.</summary>
    public RawJson? Payload { get; init; }
    /// <summary>The round, from 1; for the judge the last one.</summary>
    public int Round { get; init; }
    /// <summary>How many rounds there are at most.</summary>
    public int MaxRounds { get; init; }
    /// <summary>The debater's own answer of the round before, or of whoever had the seat; unset in the first round.</summary>
    public DebateOpinion? Own { get; init; }
    /// <summary>What the others last said; nobody sees another's before the second round. For the judge, everybody's.</summary>
    public IReadOnlyList<DebateOpinion> Others { get; init; } = [];
    /// <summary>Whether arguments were cut short to make them fit.</summary>
    public bool? Shortened { get; init; }
}

/// <summary>What somebody said in a debate.</summary>
public sealed record DebateOpinion
{
    /// <summary>Whose seat, from 1.</summary>
    public int Seat { get; init; }
    /// <summary>The answer.</summary>
    public required string Answer { get; init; }
    /// <summary>The reasons for it.</summary>
    public string? Argument { get; init; }
    /// <summary>How sure they are, 0 to 1.</summary>
    public double? Confidence { get; init; }
}

/// <summary>What a debater, or the judge, answers: the result of a turn. Anything else is no answer, and whoever stands in is asked.</summary>
public sealed record DebateAnswer
{
    /// <summary>The answer in short, at most 2 KiB: answers are compared, arguments are not.</summary>
    public required string Answer { get; init; }
    /// <summary>The reasons; others are shown 8 KiB of them at most.</summary>
    public string? Argument { get; init; }
    /// <summary>How sure, 0 to 1.</summary>
    public double? Confidence { get; init; }
}
