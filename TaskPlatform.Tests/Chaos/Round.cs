using System.Diagnostics;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Client;
using TaskPlatform.Tests.Servers;
using TaskPlatform.Tests.Simulation;

namespace TaskPlatform.Tests.Chaos;

/// <summary>What a round came to.</summary>
/// <param name="Findings">What is wrong; nothing, if all is well.</param>
/// <param name="Submitted">Submits that were acknowledged.</param>
/// <param name="Completed">Completions that were acknowledged.</param>
/// <param name="Calls">Calls in all.</param>
/// <param name="Unknown">Of them, those that nobody knows the outcome of.</param>
/// <param name="ByAgent">Tasks that the agent process completed.</param>
/// <param name="Recovered">Tasks that nobody was told of, and that are there.</param>
/// <param name="Stale">Heartbeats and completions of leases that were over, and refused.</param>
/// <param name="Kept">Leases of agents that beat all the time and could be heard.</param>
/// <param name="ReadyMs">From the healing of the last fault to a green <c>/health</c>, in milliseconds.</param>
internal sealed record RoundResult(
    IReadOnlyList<Finding> Findings, int Submitted, int Completed, int Calls, int Unknown, int ByAgent, int Recovered, int Stale, int Kept, long ReadyMs)
{
    /// <summary>Within this time <c>/health</c> is green again, on a machine with nothing else to do.</summary>
    public const long ReadyWithinMs = 10_000;
}

/// <summary>One round: real processes, some seconds of load, faults, healing, and everything brought to its end; then it is read and compared with what callers saw.</summary>
internal sealed class Round(RoundPlan plan, ITestServer redis, FullDisk? disk, CallerTwin twin = CallerTwin.None)
{
    private const int GotGoing = 20;

    /// <summary>A machine that is busy with other tests starts a process in ten seconds rather than one.</summary>
    private const long ReadyAtLastMs = 3 * RoundResult.ReadyWithinMs;

    private readonly ChaosHistory _history = new();
    private readonly Random _random = new(plan.LoadSeed);
    private readonly List<ApiProcess> _apis = [];
    private readonly CancellationTokenSource _enough = new();
    private readonly CancellationTokenSource _over = new();
    private AgentProcess? _agent;
    private long _readyMs;
    private int _byAgent;

    /// <summary>Runs it to its end.</summary>
    /// <param name="gone">Gives up: the round is stuck.</param>
    public async Task<RoundResult> RunAsync(CancellationToken gone)
    {
        try
        {
            await StartAsync();
            await LiveAsync(gone);
            var final = await JudgeAsync(gone);
            _byAgent = final.Count(task => task is { Type: LoadTasks.Remote, State: TaskState.Completed });
            if (plan.HasAgent && _byAgent == 0) _history.Trouble("the agent did nothing");
            return Result(_history.Check(final));
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            _history.Trouble("the round did not come to its end");
            return Result(_history.Check(final: null));
        }
        finally
        {
            await _over.CancelAsync();
            if (_agent is not null) await _agent.DisposeAsync();
            foreach (var api in _apis) await api.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        var port = redis.Port;
        _apis.Add(await ApiProcess.StartAsync("first", port));
        if (plan.Has(FaultKind.OtherOwner)) _apis.Add(await ApiProcess.StartAsync("second", port));
        if (plan.HasAgent) _agent = await AgentProcess.StartAsync(_apis[0], plan.AgentWay);
    }

    private async Task LiveAsync(CancellationToken gone)
    {
        var programs = _apis.Select(api => RealAgent.None(new Uri($"http://127.0.0.1:{api.Callers.Port}"), OneAttempt)).ToList();
        List<TaskPlatformClient> services = [.. programs.Select(program => program.Client)];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(gone, _over.Token);
        var steady = new SteadyAgent(_history, services);
        var work = new List<Task>
        {
            steady.RunAsync(plan.KeepsLeases, _enough.Token, end.Token), Submitter("a").RunAsync(_enough.Token, end.Token), Submitter("b").RunAsync(_enough.Token, end.Token),
        };
        var agents = Enumerable.Range(1, 3).Select(number => new LoadAgent(_history, services, $"agent-{number}", new Random(_random.Next()), _enough.Token).RunAsync(end.Token)).ToList();

        await steady.Begun.Task.WaitAsync(gone);
        await UntilAsync(() => _history.Completed > GotGoing, gone);
        await AccidentsAsync(gone);
        await HealAsync(gone);
        await _enough.CancelAsync();
        await Task.WhenAll(work);
        await DrainAsync(programs, gone);
        await _over.CancelAsync();
        await Task.WhenAll(agents.Select(StoppedAsync));
        foreach (var program in programs) await program.DisposeAsync();

        LoadSubmitter Submitter(string name) => new(
            _history, services, name, _agent is null ? [LoadTasks.Quick] : [LoadTasks.Quick, LoadTasks.Quick, LoadTasks.Remote], new Random(_random.Next()), twin);
    }

    private static async Task StoppedAsync(Task agent)
    {
        try
        {
            await agent;
        }
        catch (OperationCanceledException)
        {
            // It was told to.
        }
    }

    private async Task AccidentsAsync(CancellationToken gone)
    {
        var accidents = new Accidents(redis, _apis, _agent, disk, plan.SyncsAlways, _history);
        // Two that hit the same process come one after the other.
        await Task.WhenAll(plan.Faults.GroupBy(Victim).Select(async faults =>
        {
            foreach (var fault in faults) await accidents.HappenAsync(fault, gone);
        }));
    }

    private static string Victim(Fault fault) => fault.Kind switch
    {
        FaultKind.KillRedis or FaultKind.PauseRedis => "redis",
        FaultKind.KillApi or FaultKind.PauseApi => "api",
        FaultKind.KillAgent or FaultKind.PauseAgent => "agent",
        _ => $"{fault.Kind}",
    };

    /// <summary>Somebody serves again, soon, and what is asked is done.</summary>
    private async Task HealAsync(CancellationToken gone)
    {
        var clock = Stopwatch.StartNew();
        await UntilAsync(async () => (await Task.WhenAll(_apis.Select(api => api.IsReadyAsync(gone)))).Contains(true), gone);
        _readyMs = clock.ElapsedMilliseconds;
        if (_readyMs > ReadyAtLastMs) _history.Trouble($"/health was green only after {_readyMs} ms");
        var (submitted, completed) = (_history.Submitted, _history.Completed);
        await UntilAsync(() => _history.Submitted > submitted + GotGoing / 2 && _history.Completed > completed + GotGoing / 2, gone);
    }

    private async Task DrainAsync(List<RealAgent> programs, CancellationToken gone)
    {
        var watched = 0;
        await UntilAsync(async () =>
        {
            try
            {
                var queue = await programs[watched++ % programs.Count].Client.GetQueueAsync(RealCaller.Queue, gone);
                return queue.Counts!.Where(count => count.Key is not ("completed" or "failed" or "cancelled")).Sum(count => count.Value) == 0;
            }
            catch (TaskPlatformException unknown) when (unknown.IsOutcomeUnknown)
            {
                return false;
            }
        }, gone);
    }

    /// <summary>All services die. The first is started again and asked what it has from the store.</summary>
    private async Task<IReadOnlyList<TaskInfo>> JudgeAsync(CancellationToken gone)
    {
        if (_agent is not null)
        {
            await _agent.KillAsync();
            foreach (var seen in _agent.HandedIn()) _history.Add(seen);
        }
        foreach (var api in _apis) await api.KillAsync();
        await _apis[0].StartAgainAsync();
        await UntilAsync(() => _apis[0].IsReadyAsync(gone), gone);
        await using var judge = RealAgent.None(_apis[0].Address);
        return await judge.Client.ListAsync(RealCaller.Queue, new TaskQuery { PageSize = 500 }, gone).ToListAsync(gone);
    }

    private RoundResult Result(IReadOnlyList<Finding> findings) => new(
        findings, _history.Submitted, _history.Completed, _history.Calls, _history.Unknowns.Values.Sum(), _byAgent, _history.Recovered(), _history.Refused, _history.Kept, _readyMs);

    private static void OneAttempt(TaskPlatformClientOptions options)
    {
        options.RetryFor = TimeSpan.Zero;
        options.AttemptTimeout = TimeSpan.FromSeconds(3);
    }

    private static Task UntilAsync(Func<bool> condition, CancellationToken gone) => UntilAsync(() => Task.FromResult(condition()), gone);

    // Other processes do it in their own time; a pause leaves them the processor.
    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken gone)
    {
        while (!await condition()) await Task.Delay(50, gone);
    }
}
