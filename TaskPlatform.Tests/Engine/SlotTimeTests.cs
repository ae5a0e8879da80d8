using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>What slots were busy and on offer for: agents that come, work, wait, drain and go.</summary>
public sealed class SlotTimeTests
{
    private readonly EngineRig rig = new();

    [Fact]
    public void Load_AgentThatWorks_OffersItsSlotsAndIsBusyWithWhatItHolds()
    {
        Submit("a");
        Submit("b", weight: 2);
        Register("trio", slots: 3);
        var light = Claim("trio");
        rig.Sleep(10_000);
        Assert.Equal(new SlotTime(10_000, 30_000), Load().Slots);
        Claim("trio");
        rig.Sleep(5_000);

        Assert.Equal(new SlotTime(25_000, 45_000), Load().Slots);
        Assert.Equal(20_000, Load().RunMs);
        rig.Apply(new Command.Complete("a", light.Lease!.Token, null, null, null));
        rig.Sleep(1_000);
        Assert.Equal([new AgentTime("trio", new SlotTime(27_000, 48_000))], Load().Agents);
    }

    [Fact]
    public void Load_AgentThatDrains_OffersOnlyWhatIsBusy()
    {
        Submit("a");
        Register("pair", slots: 2);
        var task = Claim("pair");
        rig.Sleep(10_000);
        rig.Apply(new Command.DrainAgent("pair"));
        rig.Sleep(5_000);
        rig.Apply(new Command.Complete("a", task.Lease!.Token, null, null, null));
        rig.Sleep(20_000);

        Assert.Equal(new SlotTime(15_000, 25_000), Load().Slots);
        Register("pair", slots: 2);
        rig.Sleep(1_000);
        Assert.Equal(new SlotTime(15_000, 27_000), Load().Slots);
    }

    [Fact]
    public void Load_AgentThatIsGone_OffersNothingAfterAMinute()
    {
        Claim("stranger");
        rig.Sleep(90_000);
        Assert.Equal(new SlotTime(0, 60_000), Load().Slots);
        Claim("stranger");
        rig.Sleep(30_000);

        Assert.Equal(new SlotTime(0, 90_000), Load().Slots);
    }

    [Fact]
    public void Load_AgentThatWaits_OffersItsSlotForAsLongAndAMinuteMore()
    {
        var claim = new Command.Claim("waiter", null, null, 1, 300_000, null, null);
        rig.Apply(claim);
        rig.Sleep(100_000);
        rig.Apply(new Command.AbandonClaim(claim));
        rig.Sleep(100_000);

        Assert.Equal(new SlotTime(0, 160_000), Load().Slots);
    }

    [Fact]
    public void EndStep_InTheMiddleOfATask_CountsEachPartOnce()
    {
        Submit("a");
        Claim("agent");
        rig.Sleep(7_000);
        var first = rig.Engine.EndStep(rig.Now);
        rig.Sleep(2_000);

        Assert.Equal((0, new SlotTime(7_000, 7_000), 7_000), (first.Step, first.Slots, first.RunMs));
        Assert.Equal((1, new SlotTime(2_000, 2_000), 2_000), (Load().Step, Load().Slots, Load().RunMs));
    }

    [Fact]
    public void Load_AfterARestart_CountsHeldTasksFromThenOn()
    {
        Submit("a", priority: TaskPriority.Critical);
        Claim("agent");
        rig.Sleep(7_000);
        rig.Reload(downMs: 60_000);
        rig.Sleep(3_000);

        Assert.Equal((new SlotTime(3_000, 3_000), 3_000), (Load().Slots, Load().RunMs));
        Assert.Equal([1, 0, 0, 0], Load().Priorities);
    }

    [Fact]
    public void Priorities_PatchedAndDeleted_AreThoseOfTheTasksThatAreThere()
    {
        foreach (var id in (string[])["a", "b", "c"]) Submit(id);
        rig.Apply(new Command.Patch("a", TaskPriority.Low, null, null));
        rig.Apply(new Command.Cancel("b", null));
        rig.Apply(new Command.Delete("b"));

        Assert.Equal([0, 0, 1, 1], Load().Priorities);
    }

    [Fact]
    public void Load_ManyAgents_ListsThoseThatOfferedMostAndCountsAll()
    {
        for (var number = 0; number < 150; number++)
        {
            Register($"a{number:000}", slots: 1 + number);
            Claim($"a{number:000}");
        }
        rig.Sleep(1_000);

        var load = Load();
        Assert.Equal(AgentTime.Most, load.Agents.Length);
        Assert.Equal(("a149", "a050"), (load.Agents[0].AgentId, load.Agents[^1].AgentId));
        Assert.Equal(1_000 * Enumerable.Range(1, 150).Sum(), load.Slots.OfferedMs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Load_AnythingHappens_IsWhatARecountFromStepToStepFinds(int seed)
    {
        var random = new Random(seed);
        var (slots, runMs) = (default(SlotTime), 0L);
        var leased = new List<TaskItem>();
        for (var step = 0; step < 400; step++)
        {
            DoAnything(random, step, leased);
            var ms = random.Next(3) == 0 ? random.Next(100_000) : random.Next(2_000);
            var before = Load();
            slots += Recount(ms);
            runMs += ms * (before.Counts[(int)TaskState.Assigned] + before.Counts[(int)TaskState.InProgress]);
            rig.Sleep(ms);
        }

        Assert.Equal((slots, runMs), (Load().Slots, Load().RunMs));
        Assert.InRange(slots.BusyMs, 1, slots.OfferedMs - 1);
    }

    private SlotTime Recount(long ms)
    {
        var time = default(SlotTime);
        foreach (var agent in Assert.IsType<Outcome.AgentList>(rig.Engine.Apply(new Command.ListAgents(), rig.Now)).Agents)
        {
            foreach (var instance in agent.Instances.Values)
            {
                var there = instance.Load > 0 ? ms : Math.Clamp(instance.LastSeenUnixMs + 60_000 - rig.Now.UnixMs, 0, ms);
                var free = agent.IsDraining ? 0 : Math.Max(0, agent.MaxConcurrency - instance.Load);
                time += new SlotTime(instance.Load * ms, instance.Load * ms + free * there);
            }
        }
        return time;
    }

    private void DoAnything(Random random, int step, List<TaskItem> leased)
    {
        var agent = $"a{random.Next(4)}";
        switch (random.Next(8))
        {
            case 0: Register(agent, 1 + random.Next(3)); break;
            case 1 when random.Next(4) == 0: rig.Apply(new Command.DrainAgent(agent)); break;
            case 2 or 3: Submit($"t{step}", 1 + random.Next(2), (TaskPriority)(1 + random.Next(4))); break;
            case 4 or 5 when Claim(agent, $"i{random.Next(2)}") is { } task: leased.Add(task); break;
            case 6 when leased.Count > 0: End(leased[random.Next(leased.Count)], random); break;
            case 7 when leased.Count > 0: Beat(leased[random.Next(leased.Count)]); break;
        }
    }

    // Of a lease that is lost meanwhile the calls are refused.
    private void End(TaskItem task, Random random) => rig.Apply(random.Next(2) == 0
        ? new Command.Complete(task.Id, task.Lease!.Token, null, null, null)
        : new Command.Release(task.Id, task.Lease!.Token));

    private void Beat(TaskItem task) => rig.Apply(new Command.Heartbeat(task.Id, task.Lease!.Token, null, null, null, null));

    private QueueLoad Load() => Assert.IsType<Outcome.LoadAnswer>(rig.Engine.Apply(new Command.GetLoad(), rig.Now)).Load;

    private void Register(string agent, int slots) => rig.Apply(new Command.RegisterAgent(agent, ["general"], slots));

    private void Submit(string id, int weight = 1, TaskPriority priority = TaskPriority.Medium) => rig.Apply(new Command.Submit(new TaskSubmission
    {
        Id = id,
        Type = "work",
        Priority = priority,
        Body = new TaskBody { Flow = new TaskFlow { Weight = weight } },
    }));

    private TaskItem? ClaimOne(string agent, string? instance)
    {
        var claimed = Assert.IsType<Outcome.Claimed>(rig.Apply(new Command.Claim(agent, instance, null, 1, 0, null, null)));
        return claimed.Grants.IsEmpty ? null : claimed.Grants[0].Task;
    }

    private TaskItem Claim(string agent, string? instance = null) => ClaimOne(agent, instance)!;
}
