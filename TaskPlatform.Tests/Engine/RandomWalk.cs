using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>Some tasks in one engine, a random verb or a random time at each step, and a look at every state after it.</summary>
internal sealed class RandomWalk
{
    private const int Tasks = 4;
    private const string Gone = "[*]";

    private readonly Random random;
    private readonly SortedSet<string> seen;
    private readonly TaskEngine engine;
    private readonly Dictionary<string, string> states = [];
    private readonly List<(string TaskId, UInt128 Token)> grants = [];
    private Moment now = new(0, 1_000_000);
    private UInt128 lastToken;

    /// <param name="seed">Where chance begins.</param>
    /// <param name="seen">Each way that a task took, as the diagram writes it.</param>
    public RandomWalk(int seed, SortedSet<string> seen)
    {
        random = new Random(seed);
        this.seen = seen;
        engine = new TaskEngine(new EngineLimits { Requeues = 3 }, () => ++lastToken, random.NextDouble, EngineRig.NextOccurrence);
        var budget = new BudgetLimit(new TaskBudget(5, null), 30_000, (WhenExhausted)random.Next(3));
        // A task's route may lead nowhere, or to agents that come and go.
        if (random.Next(2) == 0) engine.Apply(new Command.PutRoute("cheap", Route()), now);
        engine.Apply(new Command.Configure(new SettingsChange { Budgets = new([new("k", budget)]) }), now);
    }

    private RouteSpec Route() => new()
    {
        Candidates = [new RouteCandidate("small") { CostPerTask = 1, RateLimitKey = "r", BudgetKey = "k" }, new RouteCandidate("large") { CostPerTask = 5, Quality = 0.9 }],
        MinimumConfidence = 0.5,
        Fallback = random.Next(2) == 0 ? "local" : null,
    };

    private Command.Claim Claim()
    {
        string[] skills = ["small", "large", "local"];
        return new("agent", null, random.Next(2) == 0 ? null : ["work", skills[random.Next(skills.Length)]], 1, 0, null, null);
    }

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            if (random.Next(4) == 0) Observe(Wait);
            else Observe(() => Do(Any()));
            do Observe(() => engine.Advance(now));
            while (engine.HasWork);
        }
    }

    private void Wait()
    {
        var ms = random.Next(6) switch { 0 => 40_000, 1 => 11_000, _ => random.Next(5_000) };
        now = new Moment(now.TickMs + ms, now.UnixMs + ms);
        engine.Tick(now);
    }

    private void Do(Command command)
    {
        if (engine.Apply(command, now) is not Outcome.Claimed claimed) return;
        grants.AddRange(claimed.Grants.Select(grant => (grant.Task.Id, grant.Task.Lease!.Token)));
    }

    private Command Any()
    {
        var (id, token) = grants.Count > 0 && random.Next(8) > 0 ? grants[^1] : (AnyId(), UInt128.Zero);
        return random.Next(18) switch
        {
            0 or 1 or 2 => new Command.Submit(Submission()),
            3 or 4 or 5 => Claim(),
            6 => new Command.Heartbeat(id, token, random.NextDouble(), null, null, random.Next(2) == 0 ? new Usage(6, 0) : null),
            7 => new Command.Complete(id, token, Encoding.UTF8.GetBytes(random.Next(2) == 0 ? """{"pass":true}""" : """{"pass":false}"""), new Usage(5, 0), random.Next(3) == 0 ? random.NextDouble() : null),
            8 => new Command.Fail(id, token, new TaskError("error", "", random.Next(4) > 0), random.Next(3) == 0 ? 500 : null),
            9 => random.Next(2) == 0 ? new Command.Release(id, token) : new Command.Ungrant(id, token),
            10 or 11 => new Command.AddChildren(id, token, [Submission()], random.Next(2) == 0),
            12 => new Command.Ask(id, token, $"q{random.Next(3)}", []),
            13 => new Command.Answer(AnyId(), Encoding.UTF8.GetBytes("1"), null, random.Next(2) == 0 ? new TaskBudget(5, null) : null),
            14 => new Command.Retry(AnyId()),
            15 => new Command.Patch(AnyId(), null, new NewDate(random.Next(2) == 0 ? null : now.UnixMs + random.Next(8_000)), null),
            16 => random.Next(3) == 0 ? new Command.Delete(AnyId()) : new Command.Retry(id),
            _ => new Command.Cancel(random.Next(2) == 0 ? id : AnyId(), null),
        };
    }

    private TaskSubmission Submission() => new()
    {
        Id = $"t{states.Count}",
        Type = "work",
        DependsOn = states.Count > 0 && random.Next(2) == 0 ? [new DependencyEdge(AnyId(), (EdgeKind)random.Next(3))] : [],
        NotBeforeUnixMs = random.Next(3) == 0 ? now.UnixMs + random.Next(12_000) : null,
        DeadlineUnixMs = random.Next(4) == 0 ? now.UnixMs + random.Next(20_000) : null,
        Body = new TaskBody
        {
            Policy = new TaskPolicy { MaxAttempts = random.Next(1, 4), FailsWithChild = random.Next(2) == 0, Verifier = random.Next(4) == 0 ? "work" : null },
            Flow = random.Next(3) == 0 ? new TaskFlow { BudgetKey = random.Next(2) == 0 ? "k" : null, Route = random.Next(2) == 0 ? "cheap" : null } : TaskFlow.None,
        },
    };

    private string AnyId() => $"t{random.Next(Math.Clamp(states.Count, 1, Tasks))}";

    private void Observe(Action step)
    {
        step();
        engine.AssertInvariants();
        var found = List();
        foreach (var (id, before) in states.ToList()) See(id, before, found.GetValueOrDefault(id, Gone));
        foreach (var (id, state) in found.Where(pair => !states.ContainsKey(pair.Key))) See(id, Gone, state);
    }

    private void See(string id, string before, string after)
    {
        if (before != after) seen.Add($"{before} --> {after}");
        states[id] = after;
    }

    private Dictionary<string, string> List()
    {
        var page = (Outcome.Page)engine.Apply(new Command.ListTasks(TaskFilter.Any, 100, long.MaxValue), now);
        return page.Tasks.ToDictionary(view => view.Task.Id, view => Words.Of(view.Task.State));
    }
}
