using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Whether a candidate can take a task now.</summary>
public sealed partial class TaskEngine
{
    /// <summary>An agent that says nothing more is gone a minute later; whether that is so is looked at once a second.</summary>
    private const long PresenceMs = 1_000;
    private const int FewPresences = 1_024;

    private readonly Dictionary<(string Candidate, string Type, int Weight), (long Version, long Tick, bool IsHere)> _presences = [];
    private long _presenceVersion;

    /// <summary>Agents came, went or ask for something else than before.</summary>
    private void PresenceChanged()
    {
        _presenceVersion++;
        if (_routed.Count > 0) _routeLookTick = Math.Min(_routeLookTick, _lastTick.TickMs);
    }

    private string? WhyAway(RouteSpec spec, string name, string type, int weight, Moment now)
    {
        if (!IsHere(name, type, weight, now)) return "has no agent here";
        if (spec.Find(name) is not { } candidate) return null;
        if (candidate.RateLimitKey is { } rate && RateGateOf(rate) is { IsClosed: true } gate && gate.OpensTick - now.TickMs > spec.QuotaPatienceMs)
            return $"is out of quota for {Seconds(gate.OpensTick - now.TickMs)}";
        return candidate.BudgetKey is { } budget && BudgetGateOf(budget).Ask(default, now.UnixMs) == BudgetVerdict.Exhausted ? $"has no budget left in '{budget}'" : null;
    }

    private bool IsHere(string name, string type, int weight, Moment now)
    {
        if (_presences.TryGetValue((name, type, weight), out var known) && known.Version == _presenceVersion && now.TickMs - known.Tick is >= 0 and < PresenceMs) return known.IsHere;
        if (_presences.Count >= FewPresences) _presences.Clear();
        var isHere = false;
        foreach (var agent in _agents.Values)
        {
            if (isHere = agent.Slots >= weight && Takes(agent, name, type, now)) break;
        }
        _presences[(name, type, weight)] = (_presenceVersion, now.TickMs, isHere);
        return isHere;
    }

    private static bool Can(ImmutableSortedSet<string> capabilities, string name, string type)
        => capabilities.Contains(name) && Ability.CanDo(capabilities, type);

    /// <summary>Who has just registered, or was known when the service was started, is given time to call.</summary>
    private static bool Takes(AgentItem agent, string name, string type, Moment now)
    {
        if (agent.IsDraining) return false;
        if (agent.InstancesById.Count == 0) return agent.IsRegistered && agent.KnownSinceUnixMs >= now.UnixMs - AgentInstance.PresentMs && Can(agent.Capabilities, name, type);
        foreach (var instance in agent.InstancesById.Values)
        {
            if (!instance.IsPresent(now.UnixMs)) continue;
            var asked = instance.LastAsked?.Types;
            var capabilities = agent.IsRegistered ? agent.Capabilities : asked;
            if (capabilities is null || !Can(capabilities, name, type)) continue;
            if (!agent.IsRegistered || asked is null || asked.Contains(type)) return true;
        }
        return false;
    }
}
