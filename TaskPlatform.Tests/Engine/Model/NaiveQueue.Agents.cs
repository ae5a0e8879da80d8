using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Agents and settings, and what can be seen from outside.</summary>
internal sealed partial class NaiveQueue
{
    private string Set(QueueSettings settings)
    {
        _settings = settings;
        _held = [];
        return Describe();
    }

    private QueueSettings Changed(SettingsChange change) => _settings with
    {
        AgeingMs = change.AgeingMs ?? _settings.AgeingMs,
        Retention = new Retention(change.RetentionAgeMs ?? _settings.Retention.AgeMs, change.RetentionCount ?? _settings.Retention.Count),
        Concurrency = change.Concurrency ?? _settings.Concurrency,
        Rates = change.Rates ?? _settings.Rates,
        Fairness = change.Fairness ?? _settings.Fairness,
        Budgets = change.Budgets ?? _settings.Budgets,
        Policy = change.Policy ?? _settings.Policy,
        Matching = change.Matching?.Of(_settings.Matching) ?? _settings.Matching,
        UnfinishedTasks = change.UnfinishedTasks ?? _settings.UnfinishedTasks,
    };

    private QueueSettings Resumed(Command.Resume resume) => resume.Types.IsEmpty
        ? _settings with { Paused = false, PausedTypes = [] }
        : _settings with { PausedTypes = _settings.PausedTypes.Except(resume.Types) };

    private string Register(Command.RegisterAgent register)
    {
        var agent = Agent(register.AgentId);
        (agent.IsRegistered, agent.IsDraining, agent.IsStored) = (true, false, true);
        (agent.Capabilities, agent.MaxConcurrency) = ([.. register.Capabilities], register.MaxConcurrency);
        return Describe(register.AgentId, agent);
    }

    private string Drain(Command.DrainAgent drain)
    {
        if (!_agents.TryGetValue(drain.AgentId, out var agent)) return NoAgent;
        (agent.IsDraining, agent.IsStored) = (true, true);
        return Describe(drain.AgentId, agent);
    }

    /// <summary>Whoever waits is told that it is not known; what it holds goes back as if it had released it.</summary>
    private string Remove(Command.RemoveAgent remove)
    {
        if (!_agents.ContainsKey(remove.AgentId)) return NoAgent;
        foreach (var wait in _waits.Where(wait => wait.Claim.AgentId == remove.AgentId).ToList())
        {
            _waits.Remove(wait);
            Answers.Add((wait.Claim, NoAgent, []));
        }
        foreach (var task in Tasks.Where(task => task.Lease?.Agent == remove.AgentId).ToList()) TakeBack(task);
        _agents.Remove(remove.AgentId);
        return "done";
    }

    private const string NoAgent = "refused agent-not-found";

    private NaiveAgent Agent(string id)
    {
        if (!_agents.TryGetValue(id, out var agent)) _agents.Add(id, agent = new NaiveAgent());
        return agent;
    }

    private string List(Command.ListTasks list)
        => string.Join(' ', Tasks.Reverse().Where(task => task.Order < list.Before && Matches(task, list.Filter)).Take(list.Limit).Select(task => task.Id));

    private static bool Matches(NaiveTask task, TaskFilter filter)
        => (filter.State is null || task.State == filter.State)
        && (filter.Type is null || task.What.Type == filter.Type)
        && (filter.AgentId is null || task.Agent == filter.AgentId)
        && (filter.GraphId is null || task.GraphId == filter.GraphId)
        && (filter.LabelName is null || task.Labels.Any(label => label.Key == filter.LabelName && label.Value == (filter.LabelValue ?? label.Value)));

    /// <summary>No grant is ever missed.</summary>
    private string Probe()
    {
        AnswerWaits();
        return OutcomeText.Join(DescribeCounts(), $"waiting={_waits.Count} busy={_tasks.Values.Sum(SlotsOf)}");
    }

    private static long SlotsOf(NaiveTask task) => task.Lease is null ? 0 : task.Flow.Weight;

    private string DescribeCounts()
        => string.Join(' ', _tasks.Values.GroupBy(task => task.State).OrderBy(group => group.Key).Select(group => $"{Words.Of(group.Key)}={group.Count()}"));

    private string Describe() => OutcomeText.Join(
        DescribeCounts(),
        _settings.Paused ? "paused" : "",
        _settings.PausedTypes.IsEmpty ? "" : $"paused={string.Join(',', _settings.PausedTypes.Order(StringComparer.Ordinal))}");

    private string Describe(string id, NaiveAgent agent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{id} load={_tasks.Values.Where(task => task.Lease?.Agent == id).Sum(SlotsOf)} rate={agent.SuccessRate:0.###} total={agent.Total}{(agent.IsDraining ? " draining" : "")}");

    private IEnumerable<NaiveTask> TasksOf(string graph) => Tasks.Where(task => task.GraphId == graph);

    private string Members(string graph) => string.Join(' ', TasksOf(graph).Select(task => $"{task.Id}={Words.Of(task.State)}"));

    private static string Ids(List<NaiveTask> tasks) => tasks.Count == 0 ? "none" : string.Join(' ', tasks.Select(task => task.Id));
}
