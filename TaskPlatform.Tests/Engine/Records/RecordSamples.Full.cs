using System.Collections.Immutable;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Records;

/// <summary>Records with everything in them. What stands here stands in golden files: change none, add another.</summary>
public static partial class RecordSamples
{
    private static TaskItem FullTask() => new()
    {
        Id = "t-1",
        Type = "coding",
        Order = 17,
        CreatedUnixMs = 1_700_000_000_000,
        Fingerprint = 0x0F0E_0D0C_0B0A_0908,
        GraphId = "g-1",
        ParentId = "t-root",
        DependsOn = [new("t-0"), new("t-x", EdgeKind.Finish), new("t-y", EdgeKind.Failure)],
        DeadlineUnixMs = 1_700_000_900_000,
        Priority = TaskPriority.High,
        Labels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("team", "blue").Add("zone", "é"),
        NotBeforeUnixMs = 1_699_999_999_999,
        State = TaskState.InProgress,
        AssignedAgent = "coder",
        StartedUnixMs = 1_700_000_001_000,
        FinishedUnixMs = 1_700_000_002_000,
        ResultBytes = 13,
        Lease = new()
        {
            Token = 0x1111_2222_3333_4444,
            AgentId = "coder",
            InstanceId = "2",
            ClaimId = "c-9",
            DurationMs = 30_000,
            GrantedUnixMs = 1_700_000_001_500,
            Regrants = 2,
            Reserved = new(1_000, 0.75),
        },
        Settled = [new(0xAAAA, SettleVerb.Fail), new(0xBBBB, SettleVerb.Release), new(0xCCCC, SettleVerb.Complete)],
        History = FullHistory(),
    };

    private static TaskHistory FullHistory() => new()
    {
        AttemptsUsed = 2,
        AttemptsForgiven = 1,
        IsAttemptOpen = true,
        Requeues = 1,
        Losses = 1,
        WorkedMs = 2_500,
        ReadyAgainUnixMs = 1_700_000_000_900,
        BackoffMs = 500,
        BackoffEndsUnixMs = 1_700_000_000_500,
        Error = new("oops", "It did not work.", Retryable: true),
        Progress = 0.25,
        Message = "a quarter",
        Checkpoint = Text("{\"page\":3}"),
        Confidence = 0.75,
        Used = new(1_234, 0.5),
        Reported = new(56, 0.125),
        BudgetRaise = new(5_000, 2.5),
        IsBudgetWaived = true,
        IsRerouted = true,
        CancelRequested = true,
        CancelReason = "no more",
        CancelledBy = "t-0",
        Question = new("Which branch?", ["main", "next"], Text("\"main\"")),
        FiredEdges = [new("t-x", EdgeKind.Finish), new("t-y", EdgeKind.Failure)],
        Attempts =
        [
            new(1, "coder", "1", 1_700_000_000_100, 1_700_000_000_200, "failed", new("oops", "It did not work.", Retryable: true)),
            new(2, "analyst", null, 1_700_000_000_300, 1_700_000_000_400, "released", null),
        ],
    };

    private static TaskItem WaitingTask() => new()
    {
        Id = "t-2",
        Type = "reasoning",
        Order = 18,
        CreatedUnixMs = 1_700_000_000_000,
        Priority = TaskPriority.Low,
        State = TaskState.Waiting,
        AssignedAgent = "reasoner",
        StartedUnixMs = 1_700_000_001_000,
        Settled = [new(0xDDDD, SettleVerb.Children), new(0xEEEE, SettleVerb.Ask)],
        History = new()
        {
            IsAttemptOpen = true,
            WorkedMs = 700,
            Reported = default(Usage),
            Waits = WaitReason.Answer,
            Question = new("Shall I?", [], default),
        },
    };

    private static TaskItem JudgedTask() => new()
    {
        Id = "t-3",
        Type = "coding",
        Order = 19,
        CreatedUnixMs = 1_700_000_000_000,
        Priority = TaskPriority.Medium,
        State = TaskState.Waiting,
        AssignedAgent = "coder",
        StartedUnixMs = 1_700_000_001_000,
        ResultBytes = 7,
        Settled = [new(0xFFFF, SettleVerb.Complete)],
        History = new()
        {
            AttemptsUsed = 1,
            IsAttemptOpen = true,
            WorkedMs = 900,
            Waits = WaitReason.Verdict,
            Routing = new("answers", "large", "the cheapest expected to pass", ["small"], new(120, 0.5)),
            VerifierId = "t-3.verify.2",
            Verdict = new("t-3.verify.1", Pass: false, "It does not build.", 0.25),
        },
    };

    private static TaskItem VerifierTask() => new()
    {
        Id = "t-3.verify.2",
        Type = "check",
        Order = 20,
        CreatedUnixMs = 1_700_000_002_000,
        ParentId = "t-3",
        Priority = TaskPriority.Medium,
        IsVerifier = true,
    };

    private static TaskBody FullBody() => new()
    {
        Description = "Fix what the analysis found.",
        Payload = Text("{\"path\":\"a.cs\"}"),
        Capabilities = ["dotnet", "git"],
        Policy = new()
        {
            MaxAttempts = 7,
            Backoff = new(Exponential: false, InitialMs: 2_000, MaxMs: 60_000),
            LeaseMs = 45_000,
            AttemptTimeoutMs = 600_000,
            StallMs = 120_000,
            FailsWithChild = true,
        },
        Flow = new()
        {
            ConcurrencyKey = "repo-1",
            RateLimitKey = "openai",
            FairnessKey = "team blue",
            Weight = 3,
            BudgetKey = "may",
            Budget = new(100_000, 12.5),
            Route = "cheap",
        },
        Unique = new("review of a.cs", 60_000),
        Traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    };

    private static AgentItem FullAgent() => new()
    {
        Id = "coder",
        IsRegistered = true,
        Capabilities = ["coding", "general"],
        MaxConcurrency = 2,
        IsDraining = true,
        SuccessRate = 0.9,
        MeanSeconds = 12.5,
        TotalTasks = 41,
    };

    private static AgentItem SkilledAgent()
    {
        var agent = new AgentItem { Id = "coder", IsRegistered = true, Capabilities = ["coding"], Traits = new(SpeedClass.Fast, 0.000015) };
        for (var attempt = 1; attempt <= 3; attempt++) agent.Observe("coding", success: attempt != 2, seconds: 10 * attempt, mostTypes: 64);
        agent.Observe("reasoning", success: true, seconds: 40.5, mostTypes: 64);
        return agent;
    }

    private static QueueSettings MatchingSettings() => new()
    {
        Policy = MatchPolicy.Score,
        Matching = new()
        {
            Capability = 1,
            Priority = new(80, 40, 20, 10),
            Load = 2.5,
            Success = 30,
            Speed = 15,
            SpeedTypes = ["chat", "simple_qa"],
            Cost = 100,
            PatienceMs = 5_000,
        },
    };

    private static GraphItem FullGraph() => new()
    {
        Id = "g-1",
        CreatedUnixMs = 1_700_000_000_000,
        Size = 3,
        CancelRequested = true,
        CancelReason = "too late",
        Budget = new(1_000_000, null),
        Used = new(17_000, 3.5),
    };

    private static QueueSettings FullSettings() => new()
    {
        AgeingMs = 60_000,
        Paused = true,
        PausedTypes = ["analysis", "coding"],
        Durability = Durability.Buffered,
        Retention = new(3_600_000, 5_000),
        Concurrency = new([new("repo-*", 2), new("repo-1", 5)]),
        Rates = new([new("openai", new(60, 60_000))]),
        Fairness = new([new("*", 0.5), new("team blue", 3)]),
        Budgets = new([new("may", new(new(1_000_000, 99.5), 86_400_000, WhenExhausted.Route)), new("x", new(new(null, 1), null, WhenExhausted.Fail))]),
        UnfinishedTasks = 100_000,
    };

    private static ScheduleItem FullSchedule()
    {
        var task = new TaskSubmission
        {
            Id = "nightly",
            Type = "coding",
            Priority = TaskPriority.Low,
            DependsOn = [new("t-0", EdgeKind.Finish)],
            NotBeforeUnixMs = 1_700_000_000_001,
            DeadlineUnixMs = 1_700_000_900_000,
            Labels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("team", "blue"),
            Fingerprint = 0x0F0E_0D0C_0B0A_0908,
            Body = FullBody(),
        };
        return new ScheduleItem("nightly", new ScheduleSpec("0 3 * * *", "Europe/Berlin", Overlap.Replace, task))
        {
            CreatedUnixMs = 1_700_000_000_000,
            NextUnixMs = 1_700_006_400_000,
            LastUnixMs = 1_699_920_000_000,
            LastTaskId = "nightly.20231114T000000Z",
            Made = 12,
            Skipped = 2,
        };
    }

    private static RouteItem FullRoute()
    {
        var small = new RouteCandidate("small") { CostPerToken = 0.00001, Quality = 0.6, Seconds = 2, RateLimitKey = "api", BudgetKey = "models" };
        var route = new RouteItem
        {
            Name = "answers",
            CreatedUnixMs = 1_700_000_000_000,
            Spec = new()
            {
                Candidates = [small, new("large") { CostPerTask = 0.5, Quality = 0.95 }],
                MinimumQuality = 0.25,
                MinimumConfidence = 0.75,
                Verifier = "check",
                VerifierCost = 0.01,
                Fallback = "local",
                QuotaPatienceMs = 5_000,
            },
        };
        var figures = RouteFigures.None.With(small, passed: true, 1.5, new(1_000, 0)).With(small, passed: false, 2.5, new(3_000, 0.5));
        route.Set(("small", "coding"), figures with { Confidence = new(0.5, 3) }, mostTypes: 64);
        return route;
    }

    private static OperationItem FullOperation()
        => new("op-1", BulkAction.Delete, new TaskFilter(TaskState.Failed, "coding", "coder", "g-1", "team", "blue"), IsDryRun: true)
        {
            CreatedUnixMs = 1_700_000_000_000,
            FinishedUnixMs = 1_700_000_009_000,
            Before = 17,
            Matched = 2_345,
            Changed = 2_000,
        };

    private static AnalyticsStep FullStep() => new()
    {
        StartUnixMs = 1_700_000_100_000,
        EndUnixMs = 1_700_000_400_010,
        CoveredMs = 299_990,
        Counts = [1, 2, 3, 4, 5, 6, 7, 8, 9],
        Priorities = [10, 20, 7, 8],
        Completed = 40,
        Failed = 2,
        AttemptsCompleted = 41,
        AttemptsFailed = 5,
        CoordinationUs = 123_456,
        RunMs = 250_000,
        Slots = new(260_000, 600_000),
        Agents = [new("coder", new(200_000, 300_000)), new("é", new(60_000, 300_000))],
        QueueTime = new(1_100, [new(0, 30), new(10, 10), new(1_007, 1)]),
        CompletionTime = new(5_000_000_000, [new(uint.MaxValue, 1)]),
        AssignmentLatency = new(80_000, [new(2_000, 40)]),
    };
}
