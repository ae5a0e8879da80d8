using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Matching;

/// <summary>Random life under every policy, by seed: agents with different capabilities wait, pull, work, fail and vanish; the engine's invariants hold after each step.</summary>
public sealed class PolicySimulationTests
{
    private static readonly string[] Types = ["simple_qa", "coding", "reasoning"];
    private static readonly string[][] Skills = [["simple_qa"], ["coding", "reasoning"], ["general"], ["general"], ["simple_qa", "coding"]];

    public static TheoryData<MatchPolicy, int> Runs => [.. from policy in Enum.GetValues<MatchPolicy>() from seed in Enumerable.Range(1, 8) select (policy, seed)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Run_RandomLife_EndsEveryTaskAndPairsOnlyWhatFits(MatchPolicy policy, int seed)
    {
        var random = new Random(seed);
        var bed = new MatchRig(policy, new MatchChange { PatienceMs = 5_000 });
        for (var agent = 0; agent < Skills.Length; agent++) bed.Register($"a{agent}", slots: 1 + agent % 2, traits: null, Skills[agent]);
        for (var step = 0; step < 300; step++)
        {
            var agent = $"a{random.Next(Skills.Length)}";
            switch (random.Next(6))
            {
                case 0 or 1: bed.Submit($"t{step}", Types[random.Next(Types.Length)], (TaskPriority)random.Next(1, 5)); break;
                case 2: bed.Rig.Apply(new Command.Claim(agent, null, null, random.Next(1, 3), WaitMs: random.Next(2) * 30_000, LeaseMs: 20_000, ClaimId: null)); break;
                case 3: bed.Rig.Tick(random.Next(4_000)); break;
                default: EndOne(bed, random); break;
            }
            AssertFit(bed);
        }

        WorkOff(bed, random);

        Assert.Equal(0, bed.Rig.Engine.UnfinishedCount);
    }

    /// <summary>What one agent pulls is what a look at every task finds best.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Claim_Score_IsTheBestOfAllTasks(int seed)
    {
        var random = new Random(seed);
        var bed = new MatchRig(MatchPolicy.Score);
        bed.Configure(new SettingsChange { AgeingMs = Moment.Never });
        bed.Register("a", slots: 3);
        bed.Work("a", "coding", 1.5);
        List<(string Id, string Type, TaskPriority Priority)> waiting = [];
        for (var number = 0; number < 60; number++)
        {
            waiting.Add(($"t{number}", Types[random.Next(Types.Length)], (TaskPriority)random.Next(1, 5)));
            bed.Submit(waiting[^1].Id, waiting[^1].Type, waiting[^1].Priority);
        }

        while (waiting.Count > 0)
        {
            var agent = bed.Agent("a");
            var best = waiting.MaxBy(task => Points(task, agent)).Id;
            Assert.Equal(best, bed.Take("a"));
            waiting.RemoveAll(task => task.Id == best);
            bed.Rig.Tick(random.Next(1, 3_000));
            bed.End(best, succeeds: random.Next(4) > 0);
        }

        static double Points((string Id, string Type, TaskPriority Priority) task, AgentItem agent)
        {
            var (success, seconds, _) = agent.Types.TryGetValue(task.Type, out var known) ? known : new Performance(agent.SuccessRate, agent.MeanSeconds, agent.TotalTasks);
            return QueueSettings.Default.Matching.Priority.Of((long)task.Priority) + 20 * success + (task.Type == "simple_qa" ? 10 / Math.Max(seconds, 0.1) : 0);
        }
    }

    private static void EndOne(MatchRig bed, Random random)
    {
        if (Leased(bed) is not [_, ..] leased) return;
        var task = leased[random.Next(leased.Length)];
        bed.Rig.Apply(random.Next(4) > 0
            ? new Command.Complete(task.Id, task.Lease!.Token, null, null, null)
            : new Command.Fail(task.Id, task.Lease!.Token, new TaskError("broken", "It did not work.", Retryable: true), null));
    }

    /// <summary>Agents that can do everything take what is left; whoever is left waiting gets it in time.</summary>
    private static void WorkOff(MatchRig bed, Random random)
    {
        for (var round = 0; bed.Rig.Engine.UnfinishedCount > 0; round++)
        {
            Assert.True(round < 2_000, "Tasks are left that nobody is given.");
            bed.Rig.Apply(new Command.Claim($"a{random.Next(2, 4)}", null, null, 2, WaitMs: 0, LeaseMs: 20_000, ClaimId: null));
            foreach (var task in Leased(bed)) bed.Rig.Apply(new Command.Complete(task.Id, task.Lease!.Token, null, null, null));
            AssertFit(bed);
            bed.Rig.Tick(1_000);
        }
    }

    private static TaskItem[] Leased(MatchRig bed) => [.. ((TaskState[])[TaskState.Assigned, TaskState.InProgress])
        .SelectMany(state => Assert.IsType<Outcome.Page>(bed.Rig.Apply(new Command.ListTasks(TaskFilter.Any with { State = state }, 100, long.MaxValue))).Tasks)
        .Select(view => view.Task)];

    private static void AssertFit(MatchRig bed)
    {
        foreach (var agent in Enumerable.Range(0, Skills.Length)) Assert.InRange(bed.Agent($"a{agent}").Instances.Values.Sum(instance => instance.Load), 0, 1 + agent % 2);
        foreach (var happened in bed.Rig.Events.Where(happened => happened.Kind == TaskEvent.Claimed))
        {
            var skills = Skills[happened.AgentId![1] - '0'];
            Assert.True(skills.Contains("general") || skills.Contains(happened.Task.Type), $"{happened.AgentId} was given {happened.Task.Type}.");
        }
        bed.Rig.Events.Clear();
    }
}
