using System.Collections.Immutable;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>What is submitted and set: every feature, now and then.</summary>
internal sealed partial class ModelCommands
{
    /// <summary>The limits that a run begins with; all but those that are forgotten on the way can change later.</summary>
    public Command.Configure Begin(MatchPolicy policy) => new(Limits() with
    {
        Policy = policy,
        // A second more or less is to matter, and some of a type's tasks are to go before more urgent ones of another.
        Matching = policy == MatchPolicy.Fifo ? null : new MatchChange { Speed = 60, SpeedTypes = ["x"] },
        AgeingMs = Random.Next(3) * 20_000L,
        Rates = new([new("r*", new RateLimit(Random.Next(1, 4), 15_000))]),
        RetentionAgeMs = Random.Next(2) == 0 ? 120_000 : null,
        RetentionCount = Random.Next(2) == 0 ? 25 : null,
    });

    private SettingsChange Settings() => Random.Next(4) switch
    {
        0 => new SettingsChange { AgeingMs = Random.Next(3) * 20_000L },
        1 => new SettingsChange { RetentionAgeMs = Random.Next(30, 200) * 1_000L, RetentionCount = Random.Next(10, 60) },
        2 => new SettingsChange { UnfinishedTasks = Random.Next(3) == 0 ? Random.Next(20, 40) : 1_000 },
        _ => Limits(),
    };

    private SettingsChange Limits() => new()
    {
        Concurrency = new([new("c1", Random.Next(1, 3)), new("c*", Random.Next(1, 4))]),
        Fairness = new([new("f1", 2), new("f2", Random.Next(1, 3) / 2.0)]),
        Budgets = new([
            new("bw", new BudgetLimit(Amount(40), 40_000, WhenExhausted.Wait)),
            new("bf", new BudgetLimit(Amount(40), null, WhenExhausted.Fail)),
            new("br", new BudgetLimit(Amount(40), 60_000, WhenExhausted.Route)),
        ]),
    };

    /// <summary>Quarters, so that sums of them are exact.</summary>
    private TaskBudget Amount(int most) => new(Random.Next(4) > 0 ? Random.Next(most) : null, Random.Next(4) == 0 ? Random.Next(most) / 4.0 : null);

    private TaskFilter Filter() => Random.Next(6) switch
    {
        0 => TaskFilter.Any,
        1 => TaskFilter.Any with { State = (TaskState)Random.Next(TaskStates.Count), Type = Maybe(Any(Types)) },
        2 => TaskFilter.Any with { Type = Any(Types) },
        3 => TaskFilter.Any with { AgentId = Any(Agents) },
        4 => TaskFilter.Any with { GraphId = $"g{Random.Next(1, _lastGraph + 2)}" },
        _ => TaskFilter.Any with { LabelName = "l", LabelValue = Maybe($"v{Random.Next(2)}") },
    };

    private Command Schedule() => Random.Next(5) switch
    {
        0 => new Command.ListSchedules(),
        1 => new Command.DeleteSchedule($"s{Random.Next(3)}"),
        _ => new Command.PutSchedule($"s{Random.Next(3)}", new ScheduleSpec($"{Random.Next(5, 40)}s", "UTC", (Overlap)Random.Next(3), Submission("s", []))),
    };

    private ImmutableArray<DependencyEdge> EdgesToAny()
        => Random.Next(3) > 0 ? [] : [.. Enumerable.Range(0, Random.Next(1, 4)).Select(_ => Edge(AnyId())).DistinctBy(edge => edge.Id)];

    private DependencyEdge Edge(string id) => new(id, (EdgeKind)(Random.Next(5) switch { 0 => 1, 1 => 2, _ => 0 }));

    private ImmutableArray<DependencyEdge> EdgesWithin(List<string> ids, int index)
    {
        if (Random.Next(12) == 0) return EdgesToAny();
        // Mostly to earlier tasks of the call; sometimes to any, which may close a circle.
        var reach = Random.Next(15) == 0 ? ids.Count : index;
        return reach == 0 ? [] : [.. Enumerable.Range(0, Random.Next(3)).Select(_ => Edge(ids[Random.Next(reach)])).DistinctBy(edge => edge.Id)];
    }

    private TaskSubmission Submission(string id, ImmutableArray<DependencyEdge> edges) => new()
    {
        Id = id,
        Type = Any(Types),
        Priority = (TaskPriority)Random.Next(1, 5),
        DependsOn = edges,
        NotBeforeUnixMs = Random.Next(5) == 0 ? now().UnixMs + Random.Next(-5_000, 30_000) : null,
        DeadlineUnixMs = Random.Next(5) == 0 ? now().UnixMs + Random.Next(-1_000, 60_000) : null,
        Labels = Random.Next(4) == 0 ? ImmutableSortedDictionary<string, string>.Empty.Add("l", $"v{Random.Next(2)}") : ImmutableSortedDictionary<string, string>.Empty,
        Fingerprint = Hash($"{id}{(Random.Next(10) == 0 ? "other" : "")}"),
        Body = new TaskBody
        {
            Capabilities = Random.Next(10) switch { < 2 => ["c"], 2 => [Addressee.Of(Any(Agents))], _ => [] },
            Policy = new TaskPolicy
            {
                MaxAttempts = Random.Next(1, 4),
                Backoff = new BackoffPolicy(Random.Next(2) == 0, Random.Next(0, 4_000), 20_000),
                LeaseMs = Random.Next(2, 30) * 1_000L,
                AttemptTimeoutMs = Random.Next(10, 60) * 1_000L,
                StallMs = Random.Next(3) == 0 ? Random.Next(5, 40) * 1_000L : null,
                FailsWithChild = Random.Next(2) == 0,
                Verifier = Random.Next(4) == 0 ? Any(Types) : null,
            },
            Flow = Random.Next(2) == 0 ? Flow() : TaskFlow.None with { Weight = 1 },
            Unique = Random.Next(12) == 0 ? new UniqueKey($"u{Random.Next(4)}", Random.Next(2) == 0 ? Random.Next(5, 60) * 1_000L : null) : null,
        },
    };

    private TaskFlow Flow() => new()
    {
        ConcurrencyKey = Random.Next(4) == 0 ? $"c{Random.Next(3)}" : null,
        RateLimitKey = Random.Next(5) == 0 ? $"r{Random.Next(2)}" : null,
        FairnessKey = Random.Next(2) == 0 ? $"f{Random.Next(1, 4)}" : null,
        Weight = Random.Next(3) == 0 ? Random.Next(1, 4) : 1,
        BudgetKey = Random.Next(4) == 0 ? Any(["bw", "bf", "br"]) : null,
        Budget = Random.Next(4) == 0 ? Amount(30) : null,
        Route = Random.Next(2) == 0 ? "cheap" : null,
    };
}
