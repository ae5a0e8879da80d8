using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Engine;

/// <summary>An engine as its owner drives it: commands, and after each batch what changed is taken as the store would take it.</summary>
internal sealed class EngineBed
{
    /// <summary>The payload of every task, in bytes.</summary>
    public const int PayloadBytes = 256;

    private static readonly byte[] Payload = new byte[PayloadBytes];

    private UInt128 _lastToken;
    private int _commands;

    public EngineBed(EngineLimits? limits = null)
    {
        var random = new Random(1);
        Engine = new TaskEngine(limits ?? new EngineLimits(), () => ++_lastToken, random.NextDouble, (_, after) => after + 60_000);
    }

    public TaskEngine Engine { get; }

    /// <summary>Commands after which a batch ends by itself.</summary>
    public int BatchCommands { get; init; } = 512;

    /// <summary>Hears what a batch changed, before it may leave memory.</summary>
    public Action<EngineChanges>? Changed { get; init; }

    /// <summary>Records that the engine has handed over to be stored or deleted.</summary>
    public long RecordsChanged { get; private set; }

    public Moment Now { get; private set; } = new(TickMs: 1_000, UnixMs: 1_700_000_000_000);

    /// <summary>A claim that takes anything, one at a time.</summary>
    public static Command.Claim Claim(int max = 1) => new("worker", null, null, max, WaitMs: 0, null, null);

    public static Command.Submit Submit(string id, string type = "work", TaskFlow? flow = null) => new(new TaskSubmission
    {
        Id = id,
        Type = type,
        Body = new TaskBody { Payload = Payload, Flow = flow ?? TaskFlow.None },
    })
    {
        IsBrief = true,
    };

    public Outcome Apply(Command command)
    {
        var outcome = Engine.Apply(command, Now);
        if (++_commands == BatchCommands) EndBatch();
        return outcome;
    }

    /// <summary>What the owner does after each batch, but for the store.</summary>
    public void EndBatch()
    {
        _commands = 0;
        Engine.Advance(Now);
        var changes = Engine.TakeChanges();
        RecordsChanged += changes.Tasks.Count + changes.DeletedTasks.Count + changes.Records.Count;
        Changed?.Invoke(changes);
        foreach (var change in changes.Tasks) Engine.Unload(change.Task);
        Engine.TakeEvents();
        Engine.TakeAnswers();
        Now = new Moment(Now.TickMs + 1, Now.UnixMs + 1);
        Engine.Tick(Now);
    }

    /// <summary>Submit, claim and complete.</summary>
    public void Live(string id, Command.Claim claim)
    {
        Apply(Submit(id));
        Finish((Outcome.Claimed)Apply(claim));
    }

    public void Finish(Outcome.Claimed claimed)
    {
        foreach (var grant in claimed.Grants)
            Apply(new Command.Complete(grant.Task.Id, grant.Task.Lease!.Token, null, null, null) { IsBrief = true });
    }

    /// <summary>A backlog of so many tasks.</summary>
    public void Fill(int tasks, Func<int, string> typeOf, Func<int, TaskFlow?> flowOf)
    {
        for (var number = 0; number < tasks; number++) Apply(Submit(Id(number), typeOf(number), flowOf(number)));
        EndBatch();
    }

    /// <summary>As long as the ids that the service makes.</summary>
    public static string Id(int number) => number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
