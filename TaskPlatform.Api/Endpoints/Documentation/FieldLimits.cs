using System.Text.Json.Serialization.Metadata;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>What the readers of requests take, for the document: by a field's name, or by its type's and its own where names mean different things.</summary>
internal static class FieldLimits
{
    /// <summary>What an id looks like, or a key that tasks share.</summary>
    public const string Id = "^[A-Za-z0-9._:-]{1,128}$";

    /// <summary>What a queue's name looks like.</summary>
    public const string Queue = "^[a-z0-9][a-z0-9._-]{0,63}$";

    /// <summary>What a schedule's name looks like.</summary>
    public const string Name = "^[A-Za-z0-9._:-]{1,64}$";

    private static readonly Dictionary<Type, string[]> Required = new()
    {
        [typeof(SubmitTask)] = ["type"],
        [typeof(SubmitBatchRequest)] = ["tasks"],
        [typeof(SubmitGraphRequest)] = ["tasks"],
        [typeof(SettleBatchRequest)] = ["settle"],
        [typeof(Settlement)] = ["id", "leaseToken"],
        [typeof(ClaimRequest)] = ["agentId"],
        [typeof(HeartbeatRequest)] = ["leaseToken"],
        [typeof(FailRequest)] = ["error"],
        [typeof(ChildrenRequest)] = ["leaseToken", "tasks"],
        [typeof(AskRequest)] = ["leaseToken", "question"],
        [typeof(AnswerRequest)] = ["answer"],
        [typeof(BulkRequest)] = ["action", "filter"],
        [typeof(ScheduleSettings)] = ["cron", "task"],
        [typeof(AgentRegistration)] = ["capabilities"],
        [typeof(RouteSettings)] = ["candidates"],
        [typeof(Client.Wire.RouteCandidate)] = ["capability"],
        [typeof(RateSettings)] = ["count", "perSeconds"],
        [typeof(StartDebate)] = ["question"],
    };

    private static readonly Dictionary<string, (double Least, double Most)> Ranges = new()
    {
        ["maxAttempts"] = (1, RequestLimits.Attempts),
        ["leaseSeconds"] = (RequestLimits.ShortestSeconds, RequestLimits.DaySeconds),
        ["attemptTimeoutSeconds"] = (RequestLimits.ShortestSeconds, RequestLimits.WeekSeconds),
        ["stallSeconds"] = (RequestLimits.ShortestSeconds, RequestLimits.WeekSeconds),
        ["uniqueSeconds"] = (RequestLimits.UniqueSeconds, RequestLimits.WeekSeconds),
        ["weight"] = (1, RequestLimits.Weight),
        ["initialSeconds"] = (0, RequestLimits.DaySeconds),
        ["maxSeconds"] = (0, RequestLimits.DaySeconds),
        ["waitSeconds"] = (0, RequestLimits.WaitSeconds),
        ["retryAfterSeconds"] = (0, RequestLimits.WeekSeconds),
        ["ageingSeconds"] = (0, RequestLimits.YearSeconds),
        ["ageSeconds"] = (0, RequestLimits.YearSeconds),
        ["perSeconds"] = (RequestLimits.ShortestSeconds, RequestLimits.YearSeconds),
        ["unfinishedTasks"] = (1, RequestLimits.UnfinishedTasks),
        ["concurrency"] = (1, RequestLimits.FlowCount),
        ["fairness"] = (RequestLimits.FairnessLeast, RequestLimits.FairnessMost),
        ["max"] = (1, RequestLimits.ClaimTasks),
        ["maxConcurrency"] = (1, RequestLimits.Concurrency),
        ["progress"] = (0, 1),
        ["quality"] = (0, 1),
        ["minimumQuality"] = (0, 1),
        ["minimumConfidence"] = (0, 1),
        ["seconds"] = (0, RequestLimits.WeekSeconds),
        ["costPerTask"] = (0, RequestLimits.UsageCost),
        ["verifierCost"] = (0, RequestLimits.UsageCost),
        ["quotaPatienceSeconds"] = (0, RequestLimits.DaySeconds),
        ["confidence"] = (0, 1),
        ["tokens"] = (0, RequestLimits.UsageTokens),
        ["cost"] = (0, RequestLimits.UsageCost),
        [$"{nameof(RetentionSettings)}.count"] = (0, RequestLimits.RetentionCount),
        [$"{nameof(MatchingSettings)}.capability"] = (0, RequestLimits.Points),
        [$"{nameof(MatchingSettings)}.load"] = (0, RequestLimits.Points),
        [$"{nameof(MatchingSettings)}.success"] = (0, RequestLimits.Points),
        [$"{nameof(MatchingSettings)}.speed"] = (0, RequestLimits.Points),
        [$"{nameof(MatchingSettings)}.cost"] = (0, RequestLimits.Points),
        [$"{nameof(Client.Wire.PriorityPoints)}.critical"] = (0, RequestLimits.Points),
        [$"{nameof(Client.Wire.PriorityPoints)}.high"] = (0, RequestLimits.Points),
        [$"{nameof(Client.Wire.PriorityPoints)}.medium"] = (0, RequestLimits.Points),
        [$"{nameof(Client.Wire.PriorityPoints)}.low"] = (0, RequestLimits.Points),
        ["patienceSeconds"] = (0, RequestLimits.PatienceSeconds),
        ["costPerToken"] = (0, RequestLimits.UsageCost),
        [$"{nameof(RateSettings)}.count"] = (1, RequestLimits.FlowCount),
        ["debaters"] = (RequestLimits.DebatersLeast, RequestLimits.DebatersMost),
        ["maxRounds"] = (1, RequestLimits.DebateRounds),
        ["turnSeconds"] = (RequestLimits.TurnSeconds, RequestLimits.DaySeconds),
    };

    private static readonly Dictionary<string, string> Patterns = new()
    {
        ["id"] = Id,
        ["agentId"] = Id,
        ["instanceId"] = Id,
        ["claimId"] = Id,
        ["graphId"] = Id,
        ["parentId"] = Id,
        [$"{nameof(VerdictInfo)}.taskId"] = Id,
        ["operationId"] = Id,
        ["uniqueKey"] = Id,
        ["concurrencyKey"] = Id,
        ["rateLimitKey"] = Id,
        ["fairnessKey"] = Id,
        ["budgetKey"] = Id,
        ["queue"] = Queue,
        [$"{nameof(QueueInfo)}.name"] = Queue,
        [$"{nameof(ScheduleInfo)}.name"] = Name,
        [$"{nameof(RouteInfo)}.name"] = Name,
        [$"{nameof(StartDebate)}.id"] = "^[A-Za-z0-9._:-]{1,96}$",
    };

    private static readonly Dictionary<string, int> Lengths = new()
    {
        ["route"] = RequestLimits.WordLength,
        ["verifier"] = RequestLimits.WordLength,
        [$"{nameof(Client.Wire.RouteCandidate)}.capability"] = RequestLimits.WordLength,
        ["fallback"] = RequestLimits.WordLength,
        ["candidate"] = RequestLimits.WordLength,
        ["cron"] = RequestLimits.ScheduleTextBytes,
        ["timeZone"] = RequestLimits.ScheduleTextBytes,
        ["question"] = RequestLimits.TextBytes,
        [$"{nameof(StartDebate)}.question"] = RequestLimits.DebateQuestionBytes,
        [$"{nameof(StartDebate)}.capability"] = RequestLimits.WordLength,
        [$"{nameof(StartDebate)}.judge"] = RequestLimits.WordLength,
        [$"{nameof(SubmitTask)}.type"] = RequestLimits.WordLength,
        [$"{nameof(BulkFilter)}.type"] = RequestLimits.WordLength,
    };

    private static readonly Dictionary<string, (int Least, int Most)> Items = new()
    {
        ["capabilities"] = (0, RequestLimits.Words),
        ["types"] = (0, RequestLimits.Words),
        ["speedTypes"] = (0, RequestLimits.Words),
        ["choices"] = (0, RequestLimits.Choices),
        ["dependsOn"] = (0, RequestLimits.Dependencies),
        ["candidates"] = (1, RequestLimits.RouteCandidates),
        ["settle"] = (1, RequestLimits.BatchItems),
        [$"{nameof(StartDebate)}.agents"] = (RequestLimits.DebatersLeast, RequestLimits.DebateAgents),
        [$"{nameof(SubmitBatchRequest)}.tasks"] = (1, RequestLimits.BatchItems),
        [$"{nameof(SubmitGraphRequest)}.tasks"] = (1, RequestLimits.GraphTasks),
        [$"{nameof(ChildrenRequest)}.tasks"] = (1, RequestLimits.ChildTasks),
    };

    private static readonly Dictionary<string, int> Entries = new()
    {
        ["labels"] = RequestLimits.Labels,
        ["concurrency"] = RequestLimits.KeyPatterns,
        ["rates"] = RequestLimits.KeyPatterns,
        ["fairness"] = RequestLimits.KeyPatterns,
        ["budgets"] = RequestLimits.KeyPatterns,
    };

    /// <summary>The fields that a request must have.</summary>
    public static IReadOnlyList<string> RequiredOf(Type type) => Required.GetValueOrDefault(type) ?? [];

    /// <summary>The range of a number, or of the numbers in a map.</summary>
    public static (double Least, double Most)? RangeOf(JsonPropertyInfo field) => Of(Ranges, field);

    /// <summary>The form of a text.</summary>
    public static string? PatternOf(JsonPropertyInfo field)
        => Patterns.GetValueOrDefault($"{field.DeclaringType.Name}.{field.Name}") ?? Patterns.GetValueOrDefault(field.Name);

    /// <summary>The most characters of a text that has one at least.</summary>
    public static int? LengthOf(JsonPropertyInfo field) => Of(Lengths, field);

    /// <summary>How many items a list may have.</summary>
    public static (int Least, int Most)? ItemsOf(JsonPropertyInfo field) => Of(Items, field);

    /// <summary>How many entries a map may have.</summary>
    public static int? EntriesOf(JsonPropertyInfo field) => Of(Entries, field);

    private static T? Of<T>(Dictionary<string, T> limits, JsonPropertyInfo field) where T : struct
    {
        if (limits.TryGetValue($"{field.DeclaringType.Name}.{field.Name}", out var limit)) return limit;
        return limits.TryGetValue(field.Name, out limit) ? limit : null;
    }
}
