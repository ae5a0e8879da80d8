using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Who is next.</summary>
internal sealed partial class NaiveQueue
{
    /// <summary>How much each fairness key has had, in millionths of weight; not stored.</summary>
    private Dictionary<string, long> _had = [];

    /// <summary>The most that a key had had when it was served.</summary>
    private long _turn;

    private NaiveTask? Next(NaiveAgent agent, Command.Claim claim)
    {
        if (IsScored) return BestFor(agent, claim)?.Task;
        var free = RoomOf(agent, claim);
        var open = Tasks.Where(task => task.State == TaskState.Pending && MayTake(agent, claim, task) && HoldOf(task) is null).ToList();
        var fitting = open.Where(task => task.Flow.Weight <= free).ToList();
        if (fitting.Count == 0) return null;
        var key = KeyOf(fitting.OrderBy(HadBy).ThenBy(KeyOf, StringComparer.Ordinal).First());
        var chosen = Best(fitting.Where(task => KeyOf(task) == key));
        var oldest = open[0];
        if (!IsStarved(oldest, chosen)) return chosen;
        return oldest.Flow.Weight <= free ? oldest : null;
    }

    private long RoomOf(NaiveAgent agent, Command.Claim claim) => agent.IsRegistered ? agent.MaxConcurrency - LoadOf(claim) : int.MaxValue;

    private long LoadOf(Command.Claim claim)
        => _tasks.Values.Where(task => task.Lease is { } lease && lease.Agent == claim.AgentId && lease.Instance == (claim.InstanceId ?? "")).Sum(SlotsOf);

    private static bool MayTake(NaiveAgent agent, Command.Claim claim, NaiveTask task)
    {
        var listed = claim.Types is { IsEmpty: false } types ? types.ToHashSet() : null;
        var addressee = task.IsRerouted ? null : Addressee.In(task.What.Body.Capabilities);
        if (addressee is not null && addressee != claim.AgentId) return false;
        var demanded = Demanded(task);
        if (!agent.IsRegistered && listed is null) return demanded.Count == 0;
        var capabilities = agent.IsRegistered ? agent.Capabilities : listed!;
        if (agent.IsRegistered && ((listed is not null && !listed.Contains(task.What.Type)) || task.Flow.Weight > agent.MaxConcurrency)) return false;
        var isNamed = agent.IsRegistered && addressee is not null;
        return (isNamed || capabilities.Contains(task.What.Type) || capabilities.Contains("general")) && demanded.All(capabilities.Contains);
    }

    private static List<string> Demanded(NaiveTask task) => task.IsRerouted ? [task.Flow.Route!] : [.. task.What.Body.Capabilities.RemoveAll(Addressee.Is)];

    private long HadBy(NaiveTask task) => _had.GetValueOrDefault(KeyOf(task));

    private static string KeyOf(NaiveTask task) => task.Flow.FairnessKey ?? "";

    /// <summary>Into line. A key of which nothing stood there does not save up.</summary>
    private void Enter(NaiveTask task)
    {
        if (!_tasks.Values.Any(other => other.State == TaskState.Pending && KeyOf(other) == KeyOf(task))) _had[KeyOf(task)] = Math.Max(_turn, HadBy(task));
        task.State = TaskState.Pending;
    }

    private void TakeTurn(NaiveTask task)
    {
        var weight = _settings.Fairness.TryFind(KeyOf(task), out var set) ? set : 1;
        _turn = Math.Max(_turn, HadBy(task));
        _had[KeyOf(task)] = HadBy(task) + Math.Max(1, (long)(1_000_000 * task.Flow.Weight / weight));
    }

    /// <summary>Of those that are alike the first that came, and of these the most urgent: age never changes their order, also when the clock was set back.</summary>
    private NaiveTask Best(IEnumerable<NaiveTask> tasks)
        => tasks.GroupBy(task => (task.Priority, task.Flow.Weight)).Select(group => group.MinBy(task => task.Order)!).OrderBy(EffectivePriority).ThenBy(task => task.Order).First();

    private long EffectivePriority(NaiveTask task)
        => _settings.AgeingMs == 0 ? (long)task.Priority : Math.Max(1, (long)task.Priority - Math.Max(0, Now.UnixMs - task.CreatedUnixMs) / _settings.AgeingMs);

    private bool IsStarved(NaiveTask oldest, NaiveTask chosen)
        => _settings.AgeingMs > 0 && chosen.CreatedUnixMs - oldest.CreatedUnixMs > 3 * _settings.AgeingMs;

    /// <summary>What closed limit holds a task that is ready; null: none.</summary>
    private string? HoldOf(NaiveTask task)
    {
        if (_settings.IsPaused(task.What.Type)) return WhyReason.Paused;
        if (IsConcurrencyFull(task)) return WhyReason.Concurrency;
        if (IsRateFull(task)) return WhyReason.Rate;
        return _held.ContainsKey(LaneOf(task)) ? WhyReason.Budget : null;
    }

    private bool IsConcurrencyFull(NaiveTask task) => task.Flow.ConcurrencyKey is { } key && _settings.Concurrency.TryFind(key, out var limit)
        && _tasks.Values.Count(other => other.Lease is not null && other.Flow.ConcurrencyKey == key) >= limit;

    private Dictionary<string, List<(long TickMs, long UnixMs)>> _rates = [];

    private bool IsRateFull(NaiveTask task) => task.Flow.RateLimitKey is { } key && _settings.Rates.TryFind(key, out var limit)
        && _rates.GetValueOrDefault(key, []).Count(grant => grant.TickMs > Now.TickMs - limit.PerMs) >= limit.Count;

    private void NoteRate(NaiveTask task)
    {
        if (task.Flow.RateLimitKey is not { } key || !_settings.Rates.TryFind(key, out var limit)) return;
        if (!_rates.TryGetValue(key, out var grants)) _rates.Add(key, grants = []);
        grants.RemoveAll(grant => grant.TickMs <= Now.TickMs - limit.PerMs);
        grants.Add((Now.TickMs, Now.UnixMs));
    }
}
