using System.Diagnostics;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes queues and agents as they are answered.</summary>
internal static class QueueAnswers
{
    /// <summary>A queue; its settings only where one queue was asked for.</summary>
    public static QueueInfo Queue(string name, QueueView view, long nowUnixMs, bool withSettings) => new()
    {
        Name = name,
        Paused = view.Settings.Paused,
        PausedTypes = view.Settings.PausedTypes.IsEmpty ? null : view.Settings.PausedTypes,
        Durability = DurabilityOf(view.Settings.Durability),
        Counts = Enumerable.Range(0, view.Counts.Length)
            .ToDictionary(index => Words.Of((Engine.TaskState)index), index => (long)view.Counts[index]),
        OldestPendingSeconds = view.OldestPendingUnixMs is { } oldest ? Times.Seconds(Math.Max(0, nowUnixMs - oldest)) : null,
        Settings = withSettings ? Settings(view.Settings) : null,
    };

    /// <summary>An agent as a whole, all its instances taken together.</summary>
    public static AgentInfo Agent(AgentItem agent) => Row(agent, instance: null) with
    {
        Load = agent.Instances.Values.Sum(instance => instance.Load),
        LastSeen = agent.Instances.Count == 0 ? null : Times.At(agent.Instances.Values.Max(instance => instance.LastSeenUnixMs)),
    };

    /// <summary>One row for each instance that was seen; one without, when none was.</summary>
    public static IEnumerable<AgentInfo> Rows(AgentItem agent) => agent.Instances.Count == 0
        ? [Row(agent, instance: null)]
        : agent.Instances.Values.OrderBy(instance => instance.InstanceId, StringComparer.Ordinal).Select(instance => Row(agent, instance));

    private static AgentInfo Row(AgentItem agent, AgentInstance? instance) => new()
    {
        AgentId = agent.Id,
        InstanceId = instance?.InstanceId,
        Capabilities = agent.Capabilities,
        MaxConcurrency = agent.MaxConcurrency,
        Load = instance?.Load ?? 0,
        SuccessRate = agent.TotalTasks > 0 ? agent.SuccessRate : null,
        MeanSeconds = agent.TotalTasks > 0 ? agent.MeanSeconds : null,
        TotalTasks = agent.TotalTasks,
        Types = MatchingAnswers.Types(agent),
        SpeedClass = MatchingAnswers.Speed(agent.Traits.SpeedClass),
        CostPerToken = agent.Traits.CostPerToken,
        LastSeen = instance is { LastSeenUnixMs: > 0 } ? Times.At(instance.LastSeenUnixMs) : null,
        Draining = agent.IsDraining,
    };

    private static Client.Wire.QueueSettings Settings(Engine.QueueSettings settings) => new()
    {
        Durability = DurabilityOf(settings.Durability),
        Policy = MatchingAnswers.Policy(settings.Policy),
        AgeingSeconds = settings.AgeingMs == Moment.Never ? 0 : Times.Seconds(settings.AgeingMs),
        Retention = new RetentionSettings { AgeSeconds = Times.Seconds(settings.Retention.AgeMs), Count = settings.Retention.Count },
        Concurrency = settings.Concurrency.Values,
        Rates = Map(settings.Rates, rate => new RateSettings { Count = rate.Count, PerSeconds = Times.Seconds(rate.PerMs) }),
        Fairness = settings.Fairness.Values,
        Budgets = Map(settings.Budgets, Budget),
        Limits = new LimitSettings { UnfinishedTasks = settings.UnfinishedTasks },
        Matching = MatchingAnswers.Settings(settings.Matching),
    };

    private static BudgetSettings Budget(BudgetLimit budget) => new()
    {
        Tokens = budget.Amount.Tokens,
        Cost = (decimal?)budget.Amount.Cost,
        PerSeconds = budget.PerMs is { } perMs ? Times.Seconds(perMs) : null,
        OnExhausted = budget.OnExhausted switch
        {
            Engine.WhenExhausted.Wait => Client.Wire.WhenExhausted.Wait,
            Engine.WhenExhausted.Fail => Client.Wire.WhenExhausted.Fail,
            Engine.WhenExhausted.Route => Client.Wire.WhenExhausted.Route,
            _ => throw new UnreachableException($"No word for {budget.OnExhausted}."),
        },
    };

    private static QueueDurability DurabilityOf(Durability durability) => durability switch
    {
        Durability.Durable => QueueDurability.Durable,
        Durability.Buffered => QueueDurability.Buffered,
        Durability.Memory => QueueDurability.Memory,
        _ => throw new UnreachableException($"No word for {durability}."),
    };

    private static SortedDictionary<string, TOut> Map<TIn, TOut>(KeyPatterns<TIn> patterns, Func<TIn, TOut> write)
        => new(patterns.Values.ToDictionary(entry => entry.Key, entry => write(entry.Value)), StringComparer.Ordinal);
}
