using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Matching;

/// <summary>What holds of <c>learned</c> whatever it has learned, by seed: agents may be left waiting, but not for longer than the queue's patience, and no task is left in the end.</summary>
public sealed class PatienceTests
{
    private const long PatienceMs = 5_000;
    private const int Agents = 5;

    private static readonly string[] Types = ["short", "long"];

    private readonly MatchRig _bed = new(MatchPolicy.Learned, new MatchChange { PatienceMs = PatienceMs });
    private readonly Dictionary<string, Command.Claim> _waiting = [];
    private readonly Dictionary<string, long> _leftSince = [];
    private int _left;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Run_RandomLife_LeavesNobodyWaitingBeyondPatience(int seed)
    {
        var random = new Random(seed);
        for (var agent = 0; agent < Agents; agent++) _bed.Register($"a{agent}");
        for (var step = 0; step < 400; step++)
        {
            if (random.Next(3) == 0) _bed.Submit($"t{step}", Types[random.Next(2)], (TaskPriority)random.Next(1, 5));
            if ($"a{random.Next(Agents)}" is var agent && !_waiting.ContainsKey(agent) && !Loads().ContainsKey(agent)) Wait(agent);
            Look();
            Pass(random.Next(4_000));
            EndWhatIsDue();
        }

        Assert.True(_left > 0, "Nobody was ever left waiting: this proved nothing.");
        for (var round = 0; Tasks(TaskState.Pending).Length > 0; round++)
        {
            Assert.True(round < 100, "Tasks are left that nobody is given.");
            foreach (var agent in Enumerable.Range(0, Agents).Select(number => $"a{number}").Where(agent => !_waiting.ContainsKey(agent) && !Loads().ContainsKey(agent))) Wait(agent);
            Pass(PatienceMs);
            EndWhatIsDue();
        }
    }

    private void Wait(string agent)
    {
        var claim = new Command.Claim(agent, null, null, 1, WaitMs: 60_000, LeaseMs: 600_000, ClaimId: null);
        if (_bed.Rig.Apply(claim) is Outcome.Parked) _waiting[agent] = claim;
    }

    /// <summary>Time goes on as the owner lets it: at each deadline, never past one.</summary>
    private void Pass(long ms)
    {
        for (var end = _bed.Rig.Now.TickMs + ms; _bed.Rig.Now.TickMs < end;)
        {
            _bed.Rig.Tick(Math.Clamp(_bed.Rig.Engine.NextDeadline.TickMs - _bed.Rig.Now.TickMs, 1, end - _bed.Rig.Now.TickMs));
            Look();
        }
    }

    /// <summary>Half of the agents are good at what is short, the others at what is long.</summary>
    private void EndWhatIsDue()
    {
        foreach (var task in Leased())
        {
            var seconds = (task.Type == "short", (task.Lease!.AgentId[1] - '0') % 2 == 0) switch { (true, true) => 1, (true, false) => 4, (false, true) => 40, _ => 8 };
            if (_bed.Rig.Now.UnixMs - task.Lease.GrantedUnixMs >= 1_000 * seconds) _bed.End(task.Id);
        }
    }

    private void Look()
    {
        foreach (var (command, _) in _bed.Rig.Answers)
        {
            if (command is Command.Claim claim) _waiting.Remove(claim.AgentId);
        }
        _bed.Rig.Answers.Clear();
        var isThere = Tasks(TaskState.Pending).Length > 0;
        foreach (var agent in _leftSince.Keys.Where(agent => !isThere || !_waiting.ContainsKey(agent)).ToList()) _leftSince.Remove(agent);
        if (!isThere) return;
        foreach (var agent in _waiting.Keys)
        {
            if (_leftSince.TryAdd(agent, _bed.Rig.Now.TickMs)) _left++;
            Assert.InRange(_bed.Rig.Now.TickMs - _leftSince[agent], 0, PatienceMs);
        }
    }

    private Dictionary<string, int> Loads() => Leased().GroupBy(task => task.Lease!.AgentId).ToDictionary(tasks => tasks.Key, tasks => tasks.Count());

    private TaskItem[] Leased() => [.. Tasks(TaskState.Assigned), .. Tasks(TaskState.InProgress)];

    private TaskItem[] Tasks(TaskState state) => [.. Assert.IsType<Outcome.Page>(_bed.Rig.Apply(new Command.ListTasks(TaskFilter.Any with { State = state }, 1_000, long.MaxValue)))
        .Tasks.Select(view => view.Task)];
}
