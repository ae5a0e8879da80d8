namespace TaskPlatform.Engine;

/// <summary>
/// A bandit over agent × type: what a pair is expected to take is learned from attempts, and the pair with most priority points per expected second goes first. An
/// agent may be left waiting for a better fit. docs/coordination.md.
/// </summary>
internal sealed class LearnedPolicy : IPairPolicy
{
    /// <summary>A moving average is never surer than so many attempts make it.</summary>
    private const double SurestAttempts = 2 / Performance.Alpha - 1;

    /// <summary>As many attempts the guess counts for against the agent's own, of time and of success.</summary>
    private const double GuessAttempts = 1;
    private const double SuccessAttempts = 4;
    private const int TypesMost = 10_000;
    private const double LeastSuccess = 0.05;

    private const double Optimism = 0.1;
    private const double MostOptimism = 0.5;
    private const double LeastSeconds = 0.001;

    /// <summary>A task that is overdue is expected to take this much of its whole time on.</summary>
    private const double OverdueShare = 0.1;

    private readonly Dictionary<string, TypeKnowledge> _types = new(StringComparer.Ordinal);
    private readonly ScorePolicy _coldStart = new();
    private readonly TypeKnowledge _any = new();
    private readonly List<(double FreeMs, double OneMs)> _better = [];

    /// <param name="agents">Those that are known, with what they have shown.</param>
    public LearnedPolicy(IEnumerable<AgentItem> agents)
    {
        foreach (var agent in agents)
        {
            foreach (var (type, performance) in agent.ByType)
            {
                KnowledgeOf(type)?.Restore(agent, type, performance);
                _any.Restore(agent, type, performance);
            }
        }
    }

    public MatchTerms Judge(in MatchPair pair)
    {
        if (_any.All.Attempts == 0) return _coldStart.Judge(pair);
        var seconds = ExpectedSeconds(pair.Agent, pair.Task.Type, isOptimistic: true);
        var priority = pair.PriorityPoints;
        return new MatchTerms { Policy = MatchPolicy.Learned, Priority = priority, ExpectedSeconds = seconds, Score = priority / seconds };
    }

    /// <summary>
    /// The tasks of the lane are laid out over the agents that suit them better, each where it would end first. If all of them end before this agent had done
    /// one, it is left waiting for as long as that gains something; of no agent longer than the queue's patience in all.
    /// </summary>
    public long LeavesMs(in MatchPair pair, in MatchTerms terms)
    {
        if (terms.ExpectedSeconds is not { } seconds) return 0;
        var tick = pair.Now.TickMs;
        var patience = pair.Settings.Matching.PatienceMs - (tick - (pair.Instance.LeftSince(tick) ?? tick));
        if (patience <= 0) return 0;
        var ownMs = seconds * 1000;
        FindBetter(pair, ownMs);
        if (_better.Count == 0) return 0;
        var gain = ownMs - LastEndMs(pair.Task.Lane!.Count, ownMs);
        return gain < 1 ? 0 : Math.Min((long)gain, patience);
    }

    public void Granted(in MatchPair pair, in MatchTerms terms)
    {
        if (terms.ExpectedSeconds is null) return;
        var seconds = ExpectedSeconds(pair.Agent, pair.Task.Type, isOptimistic: false);
        (pair.Instance.Expected ??= []).Add((pair.Task, pair.Now.TickMs + (long)(seconds * 1000)));
    }

    public void Observed(AgentItem agent, string type, bool success, double seconds)
    {
        KnowledgeOf(type)?.Observe(agent, type, success, seconds);
        _any.Observe(agent, type, success, seconds);
    }

    public void Forgotten(AgentItem agent)
    {
        foreach (var knowledge in _types.Values) knowledge.Best.Remove(agent);
        _any.Best.Remove(agent);
    }

    /// <summary>Null for types beyond the most that are told apart: they count as any.</summary>
    private TypeKnowledge? KnowledgeOf(string type)
    {
        if (!_types.TryGetValue(type, out var knowledge) && _types.Count < TypesMost) _types.Add(type, knowledge = new TypeKnowledge());
        return knowledge;
    }

    /// <summary>What the task is expected to take with an agent until it succeeds there, in seconds.</summary>
    private double ExpectedSeconds(AgentItem agent, string type, bool isOptimistic)
    {
        var all = _types.GetValueOrDefault(type)?.All ?? Performance.None;
        var known = agent.ByType.GetValueOrDefault(type, Performance.None);
        var attempts = Math.Min(known.Attempts, SurestAttempts);
        var guess = (all.Attempts > 0 ? all : _any.All).MeanSeconds * FactorOf(agent.Traits.SpeedClass);
        var mean = (attempts * known.MeanSeconds + GuessAttempts * guess) / (attempts + GuessAttempts);
        var success = (attempts * known.SuccessRate + SuccessAttempts * agent.SuccessRate) / (attempts + SuccessAttempts);
        if (isOptimistic) mean *= 1 - Math.Min(MostOptimism, Optimism * Math.Sqrt(2 * Math.Log(all.Attempts + 1) / (known.Attempts + 1)));
        return Math.Max(LeastSeconds, mean / Math.Max(LeastSuccess, success));
    }

    private static double FactorOf(SpeedClass speed) => speed switch
    {
        SpeedClass.Fast => 0.5,
        SpeedClass.Slow => 2,
        _ => 1,
    };

    /// <summary>Agents that are here, may take the task, and would do it in less time: when each is free, and how long it takes.</summary>
    private void FindBetter(in MatchPair pair, double ownMs)
    {
        _better.Clear();
        if (!_types.TryGetValue(pair.Task.Type, out var knowledge)) return;
        foreach (var agent in knowledge.Best)
        {
            if (agent.IsDraining || ReferenceEquals(agent, pair.Agent)) continue;
            var oneMs = ExpectedSeconds(agent, pair.Task.Type, isOptimistic: false) * 1000;
            if (oneMs >= ownMs) continue;
            foreach (var instance in agent.InstancesById.Values)
            {
                if (MayTake(instance, pair) && FreeMs(agent, instance, oneMs, pair.Now) is var free && free + oneMs < ownMs) _better.Add((free, oneMs));
            }
        }
    }

    private static bool MayTake(AgentInstance instance, in MatchPair pair)
        => instance.LastAsked is { } asked && pair.Task.Lane!.Shapes.Contains(asked.Shape) && instance.IsPresent(pair.Now.UnixMs);

    /// <summary>When an instance has a slot free, in milliseconds from now.</summary>
    private static double FreeMs(AgentItem agent, AgentInstance instance, double oneMs, Moment now)
    {
        if (instance.Load < agent.Slots) return instance.Waiters.Count > 0 ? 0 : oneMs * OverdueShare;
        if (instance.Expected is not { Count: > 0 } expected) return oneMs / 2;
        var first = expected[0].EndTick;
        foreach (var (_, end) in expected) first = Math.Min(first, end);
        return Math.Max(first - now.TickMs, oneMs * OverdueShare);
    }

    /// <summary>When the last of so many tasks would end, in milliseconds from now; <paramref name="mostMs"/> where that is no earlier.</summary>
    private double LastEndMs(int tasks, double mostMs)
    {
        var last = 0.0;
        for (var left = tasks; left > 0; left--)
        {
            var first = 0;
            for (var index = 1; index < _better.Count; index++)
            {
                if (_better[index].FreeMs + _better[index].OneMs < _better[first].FreeMs + _better[first].OneMs) first = index;
            }
            var (free, one) = _better[first];
            last = Math.Max(last, free + one);
            if (last >= mostMs) return mostMs;
            _better[first] = (free + one, one);
        }
        return last;
    }
}
