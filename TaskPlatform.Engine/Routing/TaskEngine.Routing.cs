using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks are given to candidates of their routes, and what becomes of them is learned. docs/coordination.md, "Routes".</summary>
public sealed partial class TaskEngine
{
    /// <summary>How often ready tasks are looked at whose candidate may have gone away without a word.</summary>
    private const long RouteLookMs = 5_000;

    /// <summary>Ready tasks that name a route, by where they were routed: those that are alike are looked at together.</summary>
    private readonly Dictionary<RouteGroup, SortedSet<TaskItem>> _routed = [];
    private readonly Queue<TaskItem> _rerouting = new();
    private long _routeLookTick = Moment.Never;
    private bool _keepsRoutes; // while records are loaded

    private readonly record struct RouteGroup(string Route, string? Candidate, string Tried, string Type, int Weight);

    private static RouteGroup GroupOf(TaskItem task)
    {
        var routing = task.History?.Routing;
        return new RouteGroup(task.Body!.Flow.Route!, routing?.Candidate, routing is null or { Tried.IsEmpty: true } ? "" : string.Join('\n', routing.Tried), task.Type, task.Body.Flow.Weight);
    }

    private void EnterRoute(TaskItem task)
    {
        if (task.Body!.Flow.Route is null) return;
        var group = GroupOf(task);
        if (!_routed.TryGetValue(group, out var tasks)) _routed.Add(group, tasks = new SortedSet<TaskItem>(ByOrder));
        tasks.Add(task);
        if (group.Candidate is not null && _routeLookTick == Moment.Never) _routeLookTick = _lastTick.TickMs + RouteLookMs;
    }

    private static readonly Comparer<TaskItem> ByOrder = Comparer<TaskItem>.Create(static (left, right) => left.Order.CompareTo(right.Order));

    private void LeaveRoute(TaskItem task)
    {
        if (task.Body!.Flow.Route is null) return;
        var group = GroupOf(task);
        var tasks = _routed[group];
        tasks.Remove(task);
        if (tasks.Count == 0) _routed.Remove(group);
    }

    /// <summary>
    /// Gives a task that is about to stand in line a candidate: from the start where it demands no capability of its own, else when its budget key is exhausted.
    /// An attempt that goes on stays where it is.
    /// </summary>
    private void ChooseRoute(TaskItem task, Moment now)
    {
        var (body, history) = (task.Body!, task.History);
        var isExhausted = history is { IsRerouted: true };
        if (!_routes.TryGetValue(body.Flow.Route!, out var route) || (!body.Capabilities.IsEmpty && !isExhausted))
        {
            if (history is { Routing: not null }) history.Routing = null;
            return;
        }
        if (history?.Routing is { } known && (_keepsRoutes || history.IsAttemptOpen) && (route.Spec.Find(known.Candidate) is not null || route.Spec.Fallback == known.Candidate)) return;
        var tried = history?.Routing?.Tried ?? [];
        var choice = ChoiceFor(route, task, now);
        var (candidate, reason) = isExhausted ? choice.ChooseCheap(body.Flow.BudgetKey!) : choice.Choose(tried);
        task.Told.Routing = new TaskRouting(route.Name, candidate, reason, tried);
    }

    private RouteChoice ChoiceFor(RouteItem route, TaskItem task, Moment now)
        => new(route, task.Type, name => WhyAway(route.Spec, name, task.Type, task.Body!.Flow.Weight, now));

    private RouteCandidate? CandidateOf(TaskItem task)
        => task.History?.Routing is { } routing && _routes.TryGetValue(routing.Route, out var route) ? route.Spec.Find(routing.Candidate) : null;

    /// <summary>Who judges the task's results: as it says itself, else as its route does.</summary>
    private string? VerifierOf(TaskItem task)
    {
        if (task.Body!.Policy.Verifier is { } own) return own;
        return task.History?.Routing is { } routing && _routes.TryGetValue(routing.Route, out var route) ? route.Spec.Verifier : null;
    }

    /// <summary>Whether a result is to be tried for anew with another candidate, its agent being unsure of it; never for want of an attempt or a candidate.</summary>
    private bool IsTooUnsure(TaskItem task, double confidence, Moment now)
    {
        // One that is to cost little, its budget being exhausted, would be given to the same one again.
        if (task.CancelRequested || task.History is { IsRerouted: true } || task.History?.Routing is not { } routing) return false;
        if (!_routes.TryGetValue(routing.Route, out var route) || confidence >= route.Spec.MinimumConfidence) return false;
        var isLastAttempt = task.History.AttemptsUsed + 1 - task.History.AttemptsForgiven >= task.Body!.Policy.MaxAttempts;
        if (isLastAttempt || !route.Spec.Candidates.Any(other => other.Name != routing.Candidate && !routing.Tried.Contains(other.Name))) return false;
        var (next, _) = ChoiceFor(route, task, now).Choose(routing.Tried.Contains(routing.Candidate) ? routing.Tried : routing.Tried.Add(routing.Candidate));
        return next != routing.Candidate && WhyAway(route.Spec, next, task.Type, task.Body.Flow.Weight, now) is null;
    }

    private Outcome Escalate(TaskItem task, UInt128 token, double confidence, Moment now)
    {
        var error = new TaskError(
            "low-confidence", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The agent was sure of its result by {confidence:0.###} only, and another candidate is left."), Retryable: true);
        Settle(task, token, SettleVerb.Complete);
        task.Told.Error = error;
        var workedMs = Math.Max(0, now.TickMs - task.Lease!.StartedTick);
        // To say so is no fault of the agent's.
        EndAttempt(task, AttemptRecord.Failed, error, success: null, now);
        ObserveRoute(task, passed: false, workedMs);
        FailOrRetry(task, error, now);
        return AnswerEnded(task);
    }

    private void ObserveConfidence(TaskItem task, double confidence)
    {
        if (CandidateOf(task) is not { } candidate) return;
        var route = _routes[task.History!.Routing!.Route];
        var figures = route.FiguresOf(candidate.Name, task.Type);
        route.Set((candidate.Name, task.Type), figures with { Confidence = figures.Confidence.With(confidence) }, limits.AgentTypes);
        MarkDirty(route);
    }

    /// <summary>An attempt of a routed task is over: what it says about the candidate is learned, and whoever failed is not asked again while another is left.</summary>
    private void ObserveRoute(TaskItem task, bool passed, long workedMs)
    {
        if (task.History?.Routing is not { } routing) return;
        if (CandidateOf(task) is { } candidate)
        {
            var route = _routes[routing.Route];
            var figures = route.FiguresOf(candidate.Name, task.Type).With(candidate, passed, workedMs / 1000.0, routing.Used);
            route.Set((candidate.Name, task.Type), figures, limits.AgentTypes);
            MarkDirty(route);
        }
        var tried = passed || routing.Tried.Contains(routing.Candidate) ? routing.Tried : routing.Tried.Add(routing.Candidate);
        task.History.Routing = routing with { Tried = tried, Used = default };
    }

    /// <summary>A grant of a routed task has ended: what it reported is its candidate's, and draws on the candidate's budget.</summary>
    private void ChargeCandidate(TaskItem task, Usage? reported, Moment now)
    {
        if (reported is not { } used || task.History?.Routing is not { } routing) return;
        task.History.Routing = routing with { Used = routing.Used + used };
        if (CandidateOf(task)?.BudgetKey is not { } key || key == task.Lane?.Key.BudgetKey) return;
        var gate = BudgetGateOf(key);
        gate.Use(used, now.UnixMs);
        if (gate.Limit is null) return;
        MarkDirty(gate);
        if (gate.Ask(default, now.UnixMs) == BudgetVerdict.Exhausted) LookAtRoutesSoon(now);
    }

    private void LookAtRoutesSoon(Moment now)
    {
        if (_routed.Count > 0) _routeLookTick = Math.Min(_routeLookTick, now.TickMs);
    }

    /// <summary>Ready tasks whose candidate is away go elsewhere, if there is anywhere to go.</summary>
    private void LookAtRoutes(Moment now)
    {
        if (_routeLookTick > now.TickMs) return;
        _routeLookTick = Moment.Never;
        foreach (var (group, tasks) in _routed)
        {
            if (group.Candidate is null || !_routes.TryGetValue(group.Route, out var route)) continue;
            _routeLookTick = now.TickMs + RouteLookMs;
            if (WhyAway(route.Spec, group.Candidate, group.Type, group.Weight, now) is null) continue;
            var (candidate, _) = ChoiceFor(route, tasks.Min!, now).Choose(tasks.Min!.History!.Routing!.Tried);
            if (candidate == group.Candidate) continue;
            foreach (var task in tasks) _rerouting.Enqueue(task);
        }
    }

    private void RerouteAll(string route)
    {
        foreach (var (group, tasks) in _routed)
        {
            if (group.Route != route) continue;
            foreach (var task in tasks) _rerouting.Enqueue(task);
        }
    }

    private void Reroute(TaskItem task, ref int budget, Moment now)
    {
        budget--;
        if (task.State != TaskState.Pending) return;
        var before = task.History?.Routing?.Candidate;
        StepOut(task);
        ChooseRoute(task, now);
        StepIn(task);
        if (task.History?.Routing?.Candidate != before) MarkDirty(task);
    }
}
