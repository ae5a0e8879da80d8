using System.Text;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Simulation;

/// <summary>
/// One simulated run of everything from the caller to the store: processes that own the queue in turn or believe so, agents, submitters, and what each of
/// them saw. Hostile for a time, then healthy until everything is done; then the queue is taken over anew and read.
/// </summary>
internal sealed partial class QueueWorld
{
    private const int HostileMs = 45_000;
    private const int DrainMs = 600_000;
    private const int Agents = 4;
    private const string Judge = "judge";

    private readonly Random _random;
    private readonly List<QueueProcess> _processes = [];
    private readonly bool _keepsTrace;
    private VirtualTime _time = null!;
    private QueueParts _parts = null!;
    private int _started;

    public QueueWorld(WorldKind kind, long seed, Twin? twin = null, bool keepsTrace = false)
    {
        _random = new Random((int)(seed ^ (seed >> 32)));
        (Twin, _keepsTrace) = (twin ?? Twin.None, keepsTrace);
        Plan = WorldPlan.Of(kind, _random);
        Committed = new Committed(() => new At(_time.Steps, Ms));
    }

    public WorldPlan Plan { get; }

    public Twin Twin { get; }

    public MemoryServer Server { get; private set; } = null!;

    public History History { get; } = new();

    public Committed Committed { get; }

    public Trace Trace => _time.Trace;

    public long Steps => _time.Steps;

    /// <summary>The world's clock, in milliseconds.</summary>
    public long Ms => _time.Clock.Ms;

    /// <summary>Whether nothing bad happens any more.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>Whether everything is done.</summary>
    public bool IsOver { get; private set; }

    public double CallTrouble => IsCalm ? 0 : Plan.CallTrouble;

    /// <summary>Runs to the end and says what is wrong; nothing, if all is well.</summary>
    public IReadOnlyList<Finding> Run()
    {
        try
        {
            VirtualTime.Run(LiveAsync, TimeSpan.FromHours(1), new Random(_random.Next()), _keepsTrace);
        }
        catch (TimeoutException late)
        {
            History.Troubles.Add(late.Message);
        }
        return new Checker(History, Committed).Check(Server.Read(QueueProcess.Queue), Server.WrittenBefore);
    }

    public Task DelayAsync(int ms) => Task.Delay(TimeSpan.FromMilliseconds(ms), _time.Clock);

    public QueueProcess ProcessOf(int number) => _processes[number % _processes.Count];

    /// <summary>Says that somebody is about to submit it.</summary>
    public void Attempt(TaskSubmission task) => History.Attempted.TryAdd(task.Id, task);

    public string? AnyAttempted(Random random)
        => History.Attempted.Count == 0 ? null : History.Attempted.Keys.ElementAt(random.Next(History.Attempted.Count));

    /// <summary>An answer leaves its owner.</summary>
    public void Hear(Command command, Outcome outcome) => History.Told.Add(new Told(command, outcome, _time.Steps));

    /// <summary>A call is over for its caller.</summary>
    public void Saw(Seen seen)
    {
        History.Seen.Add(seen);
        Say($"{SeenWords.Of(seen.Command)} -> {SeenWords.Of(seen.Outcome)}");
    }

    private void Say(string what) => _time.Trace.Say(Ms, what);

    private async Task LiveAsync(VirtualTime time)
    {
        _time = time;
        Server = Twin.Server(time.Clock);
        Server.Written += (owner, batch) =>
        {
            Say($"written {owner.Epoch}/{owner.OwnerId} {batch.Sequence}");
            Committed.Read(batch);
        };
        Server.Taken += OnTaken;
        await using var parts = _parts = new QueueParts(time.Clock);
        for (var slot = 0; slot < Plan.Processes; slot++) _processes.Add(Start($"process-{slot}"));
        var keepers = Enumerable.Range(0, Plan.Processes).Select(KeepAsync).ToList();
        var agents = Enumerable.Range(1, Agents).Select(number => AgentOf(number).RunAsync()).ToList();
        Task[] hostile = [AccidentsAsync(), .. new[] { "a", "b" }.Select(name => new Submitter(this, name, Chance()).RunAsync())];
        await DelayAsync(HostileMs);
        IsCalm = true;
        await Task.WhenAll(hostile);
        await DrainAsync();
        await JudgeAsync();
        IsOver = true;
        await Task.WhenAll([.. agents, .. keepers]);
    }

    private Agent AgentOf(int number)
        => number % 2 == 0 ? new StreamAgent(this, $"agent-{number}", Chance()) : new Agent(this, $"agent-{number}", Chance());

    private Random Chance() => new(_random.Next());

    private QueueProcess Start(string instance)
    {
        var process = new QueueProcess(this, _time, _parts, ++_started, instance, _random);
        if (Plan.LongestLife > 0 && !IsCalm) process.Process.DieAfter(_random.Next(1, Plan.LongestLife + 1));
        if (IsCalm) process.Network.Trouble = 0;
        Say($"{instance} starts as process {_started}");
        return process;
    }

    // Starts a process again that has died; the last of all stays as it is.
    private async Task KeepAsync(int slot)
    {
        while (!IsOver)
        {
            await DelayAsync(_random.Next(50, 500));
            var process = _processes[slot % _processes.Count];
            if (process.Instance == Judge) continue;
            if (process.Stopped is { } reason) await LookAtAsync(process, reason);
            if (!process.Process.IsDead) continue;
            await DelayAsync(_random.Next(1, 3_000));
            if (_processes.IndexOf(process) is var place and >= 0) _processes[place] = Start(process.Instance);
        }
    }

    /// <summary>An operator sees that the queue is stopped, and decides to go on with what the store has.</summary>
    private async Task LookAtAsync(QueueProcess process, string reason)
    {
        Say($"{process.Instance} is stopped: {reason}");
        if (!History.StoreWentBack || !reason.StartsWith("store-regressed", StringComparison.Ordinal)) History.Troubles.Add(reason);
        await DelayAsync(_random.Next(1, 5_000));
        process.Process.Die();
    }

    private async Task DrainAsync()
    {
        var caller = new Caller(this, Chance());
        for (var since = Ms; Ms < since + DrainMs; await DelayAsync(500))
        {
            if (await caller.AskAsync(new Command.GetQueue()) is not Outcome.QueueAnswer queue) continue;
            if (queue.View.Counts.Where((_, state) => !((TaskState)state).IsFinal()).Sum() == 0) return;
        }
    }

    /// <summary>All processes die. Another one takes the queue over, sees everything to its end, and is asked.</summary>
    private async Task JudgeAsync()
    {
        History.LastOwner = await LastOwnerAsync();
        foreach (var process in _processes) process.Process.Die();
        _processes.Clear();
        _processes.Add(Start(Judge));
        await DrainAsync();
        try
        {
            History.Final = await ReadAllAsync();
        }
        catch (QueueUnavailableException unavailable)
        {
            History.Troubles.Add($"The queue cannot be read: {unavailable.Message}");
        }
    }

    private async Task<object?> LastOwnerAsync()
    {
        foreach (var process in _processes.Where(process => !process.Process.IsDead && process.Stopped is null))
        {
            try
            {
                return (await process.AnswerAsync(new Command.GetQueue(), CancellationToken.None)).Owner;
            }
            catch (QueueUnavailableException)
            {
                // The other one has it.
            }
        }
        return null;
    }

    private async Task<Dictionary<string, FinalTask>> ReadAllAsync()
    {
        var all = new Dictionary<string, FinalTask>(StringComparer.Ordinal);
        for (long? before = long.MaxValue; before is not null;)
        {
            var page = (Outcome.Page)await JudgedAsync(new Command.ListTasks(TaskFilter.Any, 500, before.Value));
            foreach (var view in page.Tasks)
            {
                if (await ReadAsync(view.Task.Id) is { } task) all[view.Task.Id] = task;
                else History.Troubles.Add($"{view.Task.Id} is listed and cannot be read");
            }
            before = page.Next;
        }
        return all;
    }

    private async Task<FinalTask?> ReadAsync(string id)
    {
        if (await JudgedAsync(new Command.GetTask(id)) is not Outcome.TaskAnswer { View.Task: var task }) return null;
        var why = task.State.IsFinal() ? "" : ((Outcome.WhyAnswer)await JudgedAsync(new Command.Why(id))).View.Text;
        return new FinalTask(task.State, Encoding.UTF8.GetString(task.Result.Span), why);
    }

    private async Task<Outcome> JudgedAsync(Command command) => (await _processes[0].AnswerAsync(command, CancellationToken.None)).Outcome;
}
