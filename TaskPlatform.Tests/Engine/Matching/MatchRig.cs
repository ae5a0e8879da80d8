using System.Collections.Immutable;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Matching;

/// <summary>A queue with a policy, and agents that wait for tasks or work on them.</summary>
public sealed class MatchRig
{
    public MatchRig(MatchPolicy policy, MatchChange? weights = null) => Configure(new SettingsChange { Policy = policy, Matching = weights });

    public EngineRig Rig { get; } = new();

    public void Configure(SettingsChange change) => Assert.IsType<Outcome.QueueAnswer>(Rig.Apply(new Command.Configure(change)));

    public void Register(string agent, int slots = 1, AgentTraits? traits = null, params string[] can)
        => Rig.Apply(new Command.RegisterAgent(agent, can is [] ? ["general"] : [.. can], slots, traits?.SpeedClass, traits?.CostPerToken));

    public void Submit(string id, string type = "work", TaskPriority priority = TaskPriority.Medium, TaskBody? body = null)
        => Rig.Apply(new Command.Submit(new TaskSubmission { Id = id, Type = type, Priority = priority, Body = body ?? new TaskBody() }));

    /// <summary>The agent begins to wait, for a minute.</summary>
    public void Wait(string agent, int max = 1) => Assert.IsType<Outcome.Parked>(Rig.Apply(Claim(agent, max, waitMs: 60_000)));

    /// <summary>What the agent is given at once; null: nothing.</summary>
    public string? Take(string agent) => Take(agent, 1).SingleOrDefault();

    public IReadOnlyList<string> Take(string agent, int max)
        => [.. Assert.IsType<Outcome.Claimed>(Rig.Apply(Claim(agent, max, waitMs: 0))).Grants.Select(grant => grant.Task.Id)];

    /// <summary>An attempt of so many seconds.</summary>
    public void Work(string agent, string type, double seconds, bool succeeds = true)
    {
        Submit($"{agent}-{type}-{Rig.Now.TickMs}", type);
        var task = Take(agent) ?? throw new InvalidOperationException($"{agent} was given nothing.");
        Rig.Tick((long)(seconds * 1000));
        End(task, succeeds);
    }

    public void End(string task, bool succeeds = true)
    {
        var token = Rig.Task(task).Lease!.Token;
        Rig.Apply(succeeds
            ? new Command.Complete(task, token, null, null, null)
            : new Command.Fail(task, token, new TaskError("broken", "It did not work.", Retryable: false), null));
    }

    /// <summary>Who was given what since this was last asked, in order: <c>agent:task</c>.</summary>
    public string Granted()
    {
        var granted = string.Join(' ', Rig.Events.Where(happened => happened.Kind == TaskEvent.Claimed).Select(happened => $"{happened.AgentId}:{happened.Task.Id}"));
        Rig.Events.Clear();
        return granted;
    }

    public WhyView Why(string task) => Assert.IsType<Outcome.WhyAnswer>(Rig.Apply(new Command.Why(task))).View;

    public AgentItem Agent(string id) => Assert.IsType<Outcome.AgentList>(Rig.Apply(new Command.ListAgents())).Agents.Single(agent => agent.Id == id);

    private static Command.Claim Claim(string agent, int max, long waitMs) => new(agent, null, null, max, waitMs, 600_000, null);
}
