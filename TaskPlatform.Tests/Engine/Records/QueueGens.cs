using System.Collections.Immutable;
using CsCheck;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Records;

/// <summary>Random content for every record that stands beside the tasks.</summary>
public static class QueueGens
{
    private static readonly Gen<TaskSubmission> Submissions = Gen.Select(
        Gen.Select(TaskGens.Texts, TaskGens.Texts, Gen.Int[1, 4], TaskGens.Edges.Array[0, 3]), Gen.Select(Gen.Nullable(Gen.Long), Gen.Nullable(Gen.Long), TaskGens.Labels, TaskGens.Bits), TaskGens.Bodies,
        (a, b, body) => new TaskSubmission
        {
            Id = a.Item1,
            Type = a.Item2,
            Priority = (TaskPriority)a.Item3,
            DependsOn = [.. a.Item4],
            NotBeforeUnixMs = b.Item1,
            DeadlineUnixMs = b.Item2,
            Labels = b.Item3,
            Fingerprint = b.Item4,
            Body = body,
        });

    private static readonly Gen<TaskFilter> Filters = Gen.Select(
        Gen.Nullable(Gen.Int[0, 8]), Gen.Null(TaskGens.Texts), Gen.Null(TaskGens.Texts), Gen.Null(TaskGens.Texts), Gen.Null(TaskGens.Texts), Gen.Null(TaskGens.Texts),
        (state, type, agent, graph, name, value) => new TaskFilter((TaskState?)state, type, agent, graph, name, value));

    private static readonly Gen<AgentItem> Agents = Gen.Select(TaskGens.Texts, Gen.Bool, TaskGens.Texts.Array[0, 4], Gen.Int, Gen.Double.Unit, Gen.Long,
        (id, flag, capabilities, most, rate, total) => new AgentItem
        {
            Id = id,
            IsRegistered = flag,
            Capabilities = capabilities.ToImmutableSortedSet(StringComparer.Ordinal),
            MaxConcurrency = most,
            IsDraining = !flag,
            SuccessRate = rate,
            MeanSeconds = rate * 1e9,
            TotalTasks = total,
            Traits = new((SpeedClass)(capabilities.Length % 3), flag ? rate : null),
            ByType = new(capabilities.Distinct().ToDictionary(type => type, _ => new Performance(rate, most, total)), StringComparer.Ordinal),
        });

    private static readonly Gen<GraphItem> Graphs = Gen.Select(TaskGens.Texts, Gen.Long, Gen.Int, Gen.Null(TaskGens.Texts), Gen.Null(TaskGens.Budgets), TaskGens.Usages,
        (id, at, size, reason, budget, used) => new GraphItem
        {
            Id = id,
            CreatedUnixMs = at,
            Size = size,
            CancelRequested = reason is not null,
            CancelReason = reason,
            Budget = budget,
            Used = used,
        });

    private static readonly Gen<ScheduleItem> Schedules = Gen.Select(
        Gen.Select(TaskGens.Texts, TaskGens.Texts, TaskGens.Texts, Gen.Int[0, 2]), Submissions, Gen.Select(Gen.Long, Gen.Nullable(Gen.Long), Gen.Nullable(Gen.Long), Gen.Null(TaskGens.Texts)),
        (a, task, b) => new ScheduleItem(a.Item1, new ScheduleSpec(a.Item2, a.Item3, (Overlap)a.Item4, task))
        {
            CreatedUnixMs = b.Item1,
            NextUnixMs = b.Item2,
            LastUnixMs = b.Item3,
            LastTaskId = b.Item4,
            Made = b.Item1 / 2,
            Skipped = b.Item1 / 3,
        });

    private static readonly Gen<MovingMean> Means = Gen.Select(Gen.Double.Unit, Gen.Long, (mean, count) => new MovingMean(mean, count));

    private static readonly Gen<RouteFigures> Figures = Gen.Select(Means, Means, Means, Means, (a, b, c, d) => new RouteFigures(new Performance(a.Mean, b.Mean, a.Count), b, c, d));

    private static readonly Gen<RouteCandidate> Candidates = Gen.Select(TaskGens.Texts, Gen.Double.Unit, Gen.Null(TaskGens.Texts), Gen.Null(TaskGens.Texts),
        (name, number, rate, budget) => new RouteCandidate(name)
        {
            CostPerTask = rate is null ? null : number,
            CostPerToken = budget is null ? null : number / 2,
            Quality = number / 3,
            Seconds = number / 4,
            RateLimitKey = rate,
            BudgetKey = budget,
        });

    private static readonly Gen<RouteItem> Routes = Gen.Select(
        Gen.Select(TaskGens.Texts, Candidates.Array[0, 4], Gen.Null(TaskGens.Texts), Gen.Null(TaskGens.Texts)), Gen.Double.Unit, Gen.Long,
        Gen.Dictionary(Gen.Select(TaskGens.Texts, TaskGens.Texts), Figures)[0, 4],
        (a, share, number, figures) =>
        {
            var spec = new RouteSpec
            {
                Candidates = [.. a.Item2],
                MinimumQuality = share,
                MinimumConfidence = share / 2,
                Verifier = a.Item3,
                VerifierCost = share / 3,
                Fallback = a.Item4,
                QuotaPatienceMs = number,
            };
            var route = new RouteItem { Name = a.Item1, Spec = spec, CreatedUnixMs = ~number };
            foreach (var (pair, known) in figures) route.ByPair[pair] = known;
            return route;
        });

    private static readonly Gen<OperationItem> Operations = Gen.Select(TaskGens.Texts, Gen.Int[1, 3], Filters, Gen.Bool, Gen.Long, Gen.Nullable(Gen.Long),
        (id, action, filter, isDry, number, end) => new OperationItem(id, (BulkAction)action, filter, isDry)
        {
            CreatedUnixMs = number,
            FinishedUnixMs = end,
            Before = ~number,
            Matched = number / 2,
            Changed = number / 3,
        });

    private static readonly Gen<RateEntry> Rates = Gen.Select(
        TaskGens.Texts, Gen.Select(Gen.Long, Gen.Int).Array[0, 6], (key, grants) => new RateEntry(key, [.. grants]));

    private static readonly Gen<SlotTime> SlotTimes = Gen.Select(Gen.Long, Gen.Long, (busy, offered) => new SlotTime(busy, offered));

    private static readonly Gen<Spread> Spreads = Gen.Select(
        Gen.Long, Gen.UInt.HashSet[0, 9], Gen.UInt[1, uint.MaxValue], (sum, values, count) => new Spread(sum, [.. values.Order().Select(value => new Bucket(value, count))]));

    private static readonly Gen<AnalyticsStep> Steps = Gen.Select(
        Gen.Long[0, 4_000_000_000_000], Gen.Int.Array[TaskStates.Count], Gen.Int.Array[4], Gen.Long, SlotTimes, Gen.Select(TaskGens.Texts, SlotTimes).Array[0, 5], Spreads,
        (start, counts, priorities, number, slots, agents, spread) => new AnalyticsStep
        {
            StartUnixMs = start,
            EndUnixMs = number,
            CoveredMs = number / 2,
            Counts = [.. counts],
            Priorities = [.. priorities],
            Completed = number / 3,
            Failed = number / 4,
            AttemptsCompleted = number / 5,
            AttemptsFailed = ~number,
            CoordinationUs = number / 6,
            RunMs = number / 7,
            Slots = slots,
            Agents = [.. agents.Select(agent => new AgentTime(agent.Item1, agent.Item2))],
            QueueTime = spread,
            CompletionTime = spread with { Buckets = [] },
            AssignmentLatency = spread with { Sum = number },
        });

    /// <summary>Every kind that stands beside the tasks.</summary>
    public static readonly Gen<IQueueRecord> Records = Gen.OneOf<IQueueRecord>(
        Agents.Select(IQueueRecord (agent) => agent), Graphs.Select(IQueueRecord (graph) => graph), Rates.Select(IQueueRecord (rate) => rate), Routes.Select(IQueueRecord (route) => route),
        Schedules.Select(IQueueRecord (schedule) => schedule), Steps.Select(IQueueRecord (step) => step), Operations.Select(IQueueRecord (operation) => operation),
        Gen.Select(TaskGens.Texts, TaskGens.Bits, Gen.Null(TaskGens.Texts), Gen.Long, IQueueRecord (key, bits, target, expires) => new IdempotencyEntry(key, bits, target, expires)),
        Gen.Select(TaskGens.Texts, TaskGens.Texts, Gen.Long, IQueueRecord (key, task, expires) => new UniqueEntry(key, task, expires)),
        Gen.Select(TaskGens.Texts, Gen.Long, IQueueRecord (id, expires) => new Tombstone(id, expires)),
        Gen.Select(TaskGens.Texts, TaskGens.Usages, Gen.Long, IQueueRecord (key, used, start) => new BudgetEntry(key, used, start)));

    private static Gen<KeyPatterns<T>> Patterns<T>(Gen<T> values) => Gen.Dictionary(TaskGens.Texts, values)[0, 4].Select(patterns => new KeyPatterns<T>(patterns));

    public static readonly Gen<QueueSettings> Settings = Gen.Select(
        Gen.Select(Gen.Long, Gen.Bool, TaskGens.Texts.Array[0, 4], Gen.Int[0, 2]), Gen.Select(Gen.Long, Gen.Int, Gen.Nullable(Gen.Int)),
        Gen.Select(Patterns(Gen.Int), Patterns(Gen.Select(Gen.Int, Gen.Long, (count, per) => new RateLimit(count, per))), Patterns(Gen.Double.Unit)),
        Patterns(Gen.Select(TaskGens.Budgets, Gen.Nullable(Gen.Long), Gen.Int[0, 2], (amount, per, then) => new BudgetLimit(amount, per, (WhenExhausted)then))),
        (a, b, c, budgets) => new QueueSettings
        {
            AgeingMs = a.Item1,
            Paused = a.Item2,
            PausedTypes = a.Item3.ToImmutableSortedSet(StringComparer.Ordinal),
            Durability = (Durability)a.Item4,
            Retention = new(b.Item1, b.Item2),
            UnfinishedTasks = b.Item3,
            Concurrency = c.Item1,
            Rates = c.Item2,
            Fairness = c.Item3,
            Budgets = budgets,
            Policy = (MatchPolicy)a.Item4,
            Matching = new() { Capability = a.Item1, Priority = new(b.Item1, b.Item2, a.Item1, 0), SpeedTypes = a.Item3.ToImmutableSortedSet(StringComparer.Ordinal), PatienceMs = b.Item1 },
        });
}
