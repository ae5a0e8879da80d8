using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using TaskPlatform.Engine.Debates;

namespace TaskPlatform.Api.Debates;

/// <summary>The tasks that a debate is made of: one that stands for it, and below it one for each turn.</summary>
internal static class DebateTasks
{
    /// <summary>The type of the task that stands for a debate.</summary>
    public const string Type = "debate";

    /// <summary>The agent within this service that moves debates on. No request can write this name, so nobody else is it.</summary>
    public const string Moderator = "debate moderator";

    // The moderator only passes things on: what it loses, it takes up again.
    private const int ModeratorAttempts = 1_000;

    /// <summary>The label by which a debate's turns are found.</summary>
    public const string Label = "debate";

    private static readonly ImmutableArray<string> ModeratorOnly = [Addressee.Of(Moderator)];

    /// <summary>Whether a task stands for a debate. Its body must be there.</summary>
    public static bool IsDebate(TaskItem task) => task.Type == Type && task.Body is { } body && body.Capabilities.SequenceEqual(ModeratorOnly);

    /// <summary>The task that stands for a debate; what was asked for is its payload.</summary>
    public static TaskSubmission Parent(StartDebate debate)
    {
        var task = new TaskSubmission
        {
            Id = "",
            Type = Type,
            Priority = (Engine.TaskPriority)debate.Priority!.Value,
            Body = new TaskBody
            {
                Payload = JsonSerializer.SerializeToUtf8Bytes(debate with { Id = null }, WireJson.Default.StartDebate),
                Capabilities = ModeratorOnly,
                Policy = TaskPolicy.Default with { MaxAttempts = ModeratorAttempts, Backoff = new BackoffPolicy(Exponential: false, InitialMs: 1_000, MaxMs: 1_000) },
            },
        };
        return task with { Id = debate.Id ?? TaskReader.NewId(), Fingerprint = Fingerprint.Of(task) };
    }

    /// <summary>What a debate was asked for with.</summary>
    public static StartDebate Asked(TaskItem parent) => JsonSerializer.Deserialize(parent.Body!.Payload.Span, WireJson.Default.StartDebate)!;

    /// <summary>As far as its course depends on it.</summary>
    public static DebateRules Rules(StartDebate asked) => new()
    {
        Debaters = asked.Debaters!.Value,
        MaxRounds = asked.MaxRounds!.Value,
        Judge = asked.Rule == DebateRule.Judge ? asked.Judge : null,
        Agents = [.. asked.Agents ?? []],
        Capability = asked.Capability,
        Budget = asked.Budget is { } budget ? new TaskBudget(budget.Tokens, (double?)budget.Cost) : null,
        DeadlineUnixMs = asked.Deadline?.ToUnixTimeMilliseconds(),
    };

    /// <summary>A turn to be asked for. It is tried once: whoever fails it is replaced.</summary>
    public static TaskSubmission TurnOf(TaskItem parent, StartDebate asked, NextTurn turn, ReadOnlyMemory<byte> brief, long nowUnixMs)
    {
        var ends = nowUnixMs + (long)(asked.TurnSeconds!.Value * 1000);
        var isJudge = turn.Seat == 0;
        var task = new TaskSubmission
        {
            Id = IdOf(parent.Id, turn.Round, turn.Seat, turn.Try),
            Type = TypeOf(asked, turn),
            Priority = parent.Priority,
            DeadlineUnixMs = Math.Min(ends, asked.Deadline?.ToUnixTimeMilliseconds() ?? ends),
            Labels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(Label, parent.Id),
            Body = new TaskBody
            {
                Description = isJudge ? "Judge a debate" : $"Round {turn.Round} of a debate",
                Payload = brief,
                Capabilities = turn.AgentId is { } agent ? [Addressee.Of(agent)] : [],
                Policy = TaskPolicy.Default with { MaxAttempts = 1 },
                Traceparent = parent.Body!.Traceparent,
            },
        };
        return task with { Fingerprint = Fingerprint.Of(task) };
    }

    /// <summary>A turn that is there already, to be waited for: the same body adds nothing.</summary>
    public static TaskSubmission Again(TaskItem turn) => new() { Id = turn.Id, Type = turn.Type, Body = new TaskBody(), Fingerprint = turn.Fingerprint };

    /// <summary>The id of a turn. Ids tell which turn it is; labels would not do, since anybody may change them.</summary>
    public static string IdOf(string debate, int round, int seat, int attempt)
        => seat == 0 ? $"{debate}.judge.t{attempt}" : $"{debate}.r{round}.s{seat}.t{attempt}";

    /// <summary>Which turn an id names.</summary>
    public static (int Round, int Seat, int Try) Read(string debate, string id)
    {
        var parts = id[(debate.Length + 1)..].Split('.');
        return parts is ["judge", var attempt] ? (0, 0, Number(attempt)) : (Number(parts[0]), Number(parts[1]), Number(parts[2]));
    }

    private static string TypeOf(StartDebate asked, NextTurn turn) => turn switch
    {
        { Seat: 0, AgentId: null } => asked.Judge!,
        { Seat: 0 } => DebateTurn.Type,
        _ => asked.Capability ?? DebateTurn.Type,
    };

    private static int Number(string part) => int.Parse(part.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);
}
