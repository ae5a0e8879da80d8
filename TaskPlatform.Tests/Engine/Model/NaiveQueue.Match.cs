using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Who is next under <c>score</c>: every pair of a task that is first of its kind and a claim, the points added up by hand.</summary>
internal sealed partial class NaiveQueue
{
    private bool IsScored => _settings.Policy == MatchPolicy.Score;

    private sealed record NaiveMatch(NaiveTask Task, double Points, bool IsOverdue);

    /// <summary>The best task for one claim, of the fairness key whose turn it is.</summary>
    private NaiveMatch? BestFor(NaiveAgent agent, Command.Claim claim)
    {
        var free = RoomOf(agent, claim);
        var open = Tasks.Where(task => task.State == TaskState.Pending && MayTake(agent, claim, task) && HoldOf(task) is null).ToList();
        var fitting = open.Where(task => task.Flow.Weight <= free).ToList();
        if (fitting.Count == 0) return null;
        var key = KeyOf(fitting.OrderBy(HadBy).ThenBy(KeyOf, StringComparer.Ordinal).First());
        var best = fitting.Where(task => KeyOf(task) == key).GroupBy(task => (LaneOf(task), task.Priority)).Select(alike => alike.MinBy(task => task.Order)!)
            .Select(task => new NaiveMatch(task, Points(agent, claim, task), IsOverdue: false)).OrderByDescending(match => match.Points)
            .ThenBy(match => EffectivePriority(match.Task)).ThenBy(match => match.Task.Order).First();
        var oldest = open[0];
        if (ReferenceEquals(oldest, best.Task) || !IsStarved(oldest, best.Task)) return best;
        return oldest.Flow.Weight <= free ? new NaiveMatch(oldest, Points(agent, claim, oldest), IsOverdue: true) : null;
    }

    private double Points(NaiveAgent agent, Command.Claim claim, NaiveTask task)
    {
        var weights = _settings.Matching;
        double priority = EffectivePriority(task) switch
        {
            1 => weights.Priority.Critical,
            2 => weights.Priority.High,
            3 => weights.Priority.Medium,
            _ => weights.Priority.Low,
        };
        var (rate, seconds) = agent.Types.TryGetValue(task.What.Type, out var known) ? known : (agent.SuccessRate, agent.MeanSeconds);
        var speed = agent.Total > 0 && weights.SpeedTypes.Contains(task.What.Type) ? weights.Speed / Math.Max(0.1, seconds) : 0;
        return weights.Capability + priority - weights.Load * LoadOf(claim) + weights.Success * rate + speed;
    }

    /// <summary>The best pair of all is granted, and again, until there is none; then whoever got something is answered.</summary>
    private void MatchWaits()
    {
        var granted = new Dictionary<NaiveWait, List<NaiveTask>>();
        while (BestWait(granted) is var (wait, task))
        {
            if (IsExhausted(task)) Exhaust(task);
            else if (IsSetAsideForOthers(task)) Hold(task);
            else
            {
                if (!granted.TryGetValue(wait, out var tasks)) granted.Add(wait, tasks = []);
                tasks.Add(Assign(task, wait.Claim));
            }
        }
        foreach (var (wait, tasks) in granted) Answer(wait, tasks);
    }

    private (NaiveWait Wait, NaiveTask Task)? BestWait(Dictionary<NaiveWait, List<NaiveTask>> granted)
    {
        var pairs = _waits.Where(wait => !Agent(wait.Claim.AgentId).IsDraining && (!granted.TryGetValue(wait, out var tasks) || tasks.Count < wait.Claim.Max))
            .Select(wait => (Wait: wait, Match: BestFor(Agent(wait.Claim.AgentId), wait.Claim))).Where(pair => pair.Match is not null)
            .OrderByDescending(pair => pair.Match!.IsOverdue).ThenByDescending(pair => pair.Match!.Points)
            .ThenBy(pair => EffectivePriority(pair.Match!.Task)).ThenBy(pair => pair.Match!.Task.Order).ThenBy(pair => pair.Wait.Ticket);
        return pairs.Select(pair => ((NaiveWait, NaiveTask)?)(pair.Wait, pair.Match!.Task)).FirstOrDefault();
    }
}
