using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Pairs of ready tasks and free agents are compared, and the best is granted: scoring and claiming are one step. docs/coordination.md.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Lanes of one priority of which a policy looks at the first task.</summary>
    private const int HeadsMost = 8;

    /// <summary>Claims of one shape, longest waiting first, that are compared for a grant.</summary>
    private const int WaitersMost = 8;

    /// <summary>Claims of one shape that are left waiting for better fits, before no further one is looked at.</summary>
    private const int LeftMost = 64;

    private readonly List<TaskItem> _heads = [];
    private readonly List<AgentShape> _matching = [];
    private readonly List<Waiter> _withoutRoom = [];
    private readonly List<Waiter> _served = [];
    private IPairPolicy? _pairs; // null: fifo
    private MatchTerms? _decidedBy;
    private long _lookAgainTick = Moment.Never;

    private readonly record struct Match(TaskItem Task, MatchTerms Terms);

    private void SetPolicy() => _pairs = Settings.Policy switch
    {
        MatchPolicy.Score => new ScorePolicy(),
        MatchPolicy.Learned => new LearnedPolicy(_agents.Values),
        _ => null,
    };

    /// <summary>The next task for one agent, whatever the budgets.</summary>
    private TaskItem? Next(AgentItem agent, AgentInstance instance, AgentShape shape, int room, Moment now, out bool lacksRoom)
    {
        if (_pairs is not { } policy) return First(shape, room, now, out lacksRoom);
        var best = BestFor(policy, agent, instance, shape, room, now, out lacksRoom);
        _decidedBy = best?.Terms;
        return best?.Task;
    }

    private Match? BestFor(IPairPolicy policy, AgentItem agent, AgentInstance instance, AgentShape shape, int room, Moment now, out bool lacksRoom)
    {
        var oldest = CollectHeads(shape, room, out lacksRoom);
        Match? best = null;
        var leftMs = 0L;
        foreach (var head in _heads)
        {
            var pair = new MatchPair(head, agent, instance, Settings, now);
            var terms = policy.Judge(pair);
            if (best is { } other && !GoesBefore(terms, head, other, now)) continue;
            if (policy.LeavesMs(pair, terms) is > 0 and var ms) leftMs = leftMs == 0 ? ms : Math.Min(leftMs, ms);
            else best = new Match(head, terms);
        }
        if (oldest is not null && IsOverdue(oldest, best, now))
        {
            lacksRoom = oldest.Lane!.Weight > room;
            if (lacksRoom) return null;
            best = new Match(oldest, policy.Judge(new MatchPair(oldest, agent, instance, Settings, now)) with { IsOverdue = true });
        }
        if (best is null && leftMs > 0) Leave(instance, leftMs, now);
        return best;
    }

    private bool GoesBefore(MatchTerms terms, TaskItem task, Match other, Moment now)
        => terms.Score != other.Terms.Score ? terms.Score > other.Terms.Score : Lane.GoesBefore(task, other.Task, now.UnixMs, Settings.AgeingMs);

    /// <summary>Rule 3 of docs/engine.md, "Who is next": what came so much later never goes before; nor is a task that old left for a better agent.</summary>
    private bool IsOverdue(TaskItem oldest, Match? best, Moment now)
        => !ReferenceEquals(oldest, best?.Task) && (best?.Task.CreatedUnixMs ?? now.UnixMs) - oldest.CreatedUnixMs > Settings.StarvationMs;

    /// <summary>The first tasks of the lanes at the front, of the fairness key whose turn it is.</summary>
    /// <returns>The oldest task of all that the shape may take.</returns>
    private TaskItem? CollectHeads(AgentShape shape, int room, out bool lacksRoom)
    {
        _heads.Clear();
        lacksRoom = false;
        FairShare? turn = null;
        TaskItem? oldest = null;
        foreach (var line in shape.Lines)
        {
            if (line.Oldest.Head is not { } place) continue;
            var old = place.Lane.Oldest()!;
            HeadsLookedAt++;
            if (oldest is null || old.Order < oldest.Order) oldest = old;
            if (line.Weight > room)
            {
                lacksRoom = true;
                continue;
            }
            var fair = line.Fair.Head!;
            if (turn is null || GoesFirst(fair.Share, turn)) _heads.Clear();
            else if (!ReferenceEquals(fair.Share, turn)) continue;
            turn = fair.Share;
            fair.CollectHeads(_heads, HeadsMost);
        }
        HeadsLookedAt += _heads.Count;
        return oldest;
    }

    private static bool GoesFirst(FairShare one, FairShare other)
        => one.Had != other.Had ? one.Had < other.Had : string.CompareOrdinal(one.Key, other.Key) < 0;

    private void Leave(AgentInstance instance, long ms, Moment now)
    {
        instance.LeaveUntil(now.TickMs, now.TickMs + ms);
        _lookAgainTick = Math.Min(_lookAgainTick, now.TickMs + ms);
    }

    /// <summary>The time for which agents were left waiting is over.</summary>
    private void LookAgainAtLeft(Moment now)
    {
        if (_lookAgainTick > now.TickMs) return;
        _lookAgainTick = Moment.Never;
        foreach (var shape in _shapes.Values)
        {
            if (shape.Waiters.Count > 0) Wake(shape);
        }
    }

    /// <summary>What was just chosen is being granted.</summary>
    private MatchDecision? Decided(TaskItem task, AgentInstance instance, Moment now)
    {
        if (_decidedBy is not { } terms || _pairs is not { } policy) return null;
        _decidedBy = null;
        policy.Granted(new MatchPair(task, _agents[instance.AgentId], instance, Settings, now), terms);
        return new MatchDecision(terms);
    }

    /// <summary>All pairs of the claims that wait and the tasks that are there: the best is granted, and again, until none is left.</summary>
    private void MatchWaiting(IPairPolicy policy, Moment now)
    {
        foreach (var shape in _wokenShapes) shape.IsWoken = false;
        _matching.AddRange(_wokenShapes);
        _wokenShapes.Clear();
        var exhausted = 0;
        while (!Settings.Paused && BestWaiting(policy, now) is var (waiter, match))
        {
            if (exhausted == ExhaustedMost) Settle(match.Task.Lane!);
            else if (HasBudget(match.Task, ref exhausted, now)) Serve(waiter, match, now);
        }
        _matching.Clear();
        foreach (var waiter in _served) Resolve(waiter, new Outcome.Claimed(waiter.Grants!.ToImmutable()), now);
        _served.Clear();
    }

    private (Waiter Waiter, Match Match)? BestWaiting(IPairPolicy policy, Moment now)
    {
        (Waiter Waiter, Match Match)? best = null;
        foreach (var shape in _matching)
        {
            if (BestOf(shape, policy, now) is { } found && (best is not { } other || GoesBefore(found, other, now))) best = found;
        }
        return best;
    }

    private (Waiter Waiter, Match Match)? BestOf(AgentShape shape, IPairPolicy policy, Moment now)
    {
        (Waiter Waiter, Match Match)? best = null;
        var (compared, left, lacked) = (0, 0, 0);
        foreach (var waiter in shape.Waiters)
        {
            var room = Room(waiter.Agent, waiter.Instance);
            if (room <= 0) _withoutRoom.Add(waiter);
            if (room <= lacked || IsFull(waiter)) continue;
            if (BestFor(policy, waiter.Agent, waiter.Instance, shape, room, now, out var lacksRoom) is not { } match)
            {
                if (_heads.Count == 0 && !lacksRoom) break;
                if (lacksRoom) lacked = room;
                else if (++left == LeftMost) break;
                continue;
            }
            if (best is not { } other || GoesBefore((waiter, match), other, now)) best = (waiter, match);
            if (++compared == WaitersMost) break;
        }
        foreach (var waiter in _withoutRoom) StepAside(waiter);
        _withoutRoom.Clear();
        return best;
    }

    private bool IsFull(Waiter waiter) => waiter.Grants is { } grants && grants.Count >= Math.Min(waiter.Claim.Max, limits.ClaimTasks);

    private bool GoesBefore((Waiter Waiter, Match Match) left, (Waiter Waiter, Match Match) right, Moment now)
    {
        var (one, other) = (left.Match.Terms, right.Match.Terms);
        if (one.IsOverdue != other.IsOverdue) return one.IsOverdue;
        if (one.Score != other.Score) return one.Score > other.Score;
        if (!ReferenceEquals(left.Match.Task, right.Match.Task)) return Lane.GoesBefore(left.Match.Task, right.Match.Task, now.UnixMs, Settings.AgeingMs);
        return left.Waiter.Ticket < right.Waiter.Ticket;
    }

    private void Serve(Waiter waiter, Match match, Moment now)
    {
        if (waiter.Grants is null)
        {
            waiter.Grants = ImmutableArray.CreateBuilder<TaskView>();
            _served.Add(waiter);
        }
        _decidedBy = match.Terms;
        Assign(match.Task, waiter.Claim, waiter.Instance, now);
        waiter.Grants.Add(View(match.Task));
    }

    /// <summary>What a pair would be judged by right now, in words; null where pairs are not compared.</summary>
    private string? Explain(TaskItem task, AgentItem agent, AgentInstance instance, Moment now)
    {
        if (_pairs is not { } policy) return null;
        var pair = new MatchPair(task, agent, instance, Settings, now);
        var terms = policy.Judge(pair);
        var left = policy.LeavesMs(pair, terms) > 0 ? "; it is left waiting, since agents that suit the task better are expected to be done with it sooner" : "";
        return $"{terms.Text}{left}";
    }
}
