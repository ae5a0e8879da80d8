using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>
/// An engine with both of its clocks, its chance and its store in hand. Calls it as the owner does: tick, apply, advance, take; and looks
/// after every step whether everything is as it must be.
/// </summary>
public sealed class EngineRig
{
    private ulong _lastToken;

    public EngineRig(EngineLimits? limits = null)
    {
        Limits = limits ?? new EngineLimits();
        Engine = Create();
    }

    public EngineLimits Limits { get; }

    public TaskEngine Engine { get; private set; }

    public RecordShelf Shelf { get; } = new();

    public Moment Now { get; private set; } = new(TickMs: 5_000_000, UnixMs: 1_700_000_000_000);

    /// <summary>What chance says, in [0, 1).</summary>
    public double Random { get; set; } = 0.5;

    /// <summary>Where to take chance from instead.</summary>
    public Func<double>? NextRandom { get; set; }

    /// <summary>Whether cascades go on by themselves after each command.</summary>
    public bool AdvancesByItself { get; set; } = true;

    /// <summary>Whether the invariants are looked at after each step; large tables look now and then.</summary>
    public bool Watches { get; set; } = true;

    public List<TaskEvent> Events { get; } = [];

    /// <summary>Commands that waited, with what they came to.</summary>
    public List<(Command Command, Outcome Answer)> Answers { get; } = [];

    /// <summary>Called with each change before it is stored.</summary>
    public Action<TaskChange>? OnChange { get; set; }

    private TaskEngine Create() => new(Limits, () => ++_lastToken, () => NextRandom?.Invoke() ?? Random, NextOccurrence);

    /// <summary>Times as tests write them: <c>10s</c> is every ten seconds of the wall clock, <c>never</c> is none.</summary>
    public static long? NextOccurrence(ScheduleSpec spec, long unixMs)
        => spec.Cron == "never" ? null : ScenarioLine.Duration(spec.Cron) is var period ? (unixMs / period + 1) * period : null;

    /// <summary>Whether commands are collected until <see cref="EndBatch"/>; otherwise each is a batch of its own.</summary>
    public bool IsInBatch { get; set; }

    public Outcome Apply(Command command)
    {
        if (IsInBatch) return ApplyInBatch(command);
        BeginBatch();
        var outcome = ApplyInBatch(command);
        Commit();
        return outcome is Outcome.Parked && command is Command.Retry ? TakeAnswer(command) : outcome;
    }

    /// <summary>A retry that waited for records is over when they have been brought.</summary>
    private Outcome TakeAnswer(Command command)
    {
        var answer = Answers.Single(pair => ReferenceEquals(pair.Command, command));
        Answers.Remove(answer);
        return answer.Answer;
    }

    public void EndBatch()
    {
        IsInBatch = false;
        Commit();
    }

    public void BeginBatch() => Engine.Tick(Now);

    public Outcome ApplyInBatch(Command command)
    {
        var outcome = Engine.Apply(command, Now);
        if (Watches) Engine.AssertInvariants();
        return outcome;
    }

    /// <summary>Time goes on, and then the engine is asked.</summary>
    public void Tick(long byMs)
    {
        Sleep(byMs);
        TickNow();
    }

    /// <summary>Time goes on, and nobody asks the engine.</summary>
    public void Sleep(long byMs) => Now = new Moment(Now.TickMs + byMs, Now.UnixMs + byMs);

    /// <summary>Somebody sets the wall clock.</summary>
    public void SetWallClock(long byMs) => Now = Now with { UnixMs = Now.UnixMs + byMs };

    /// <summary>Somebody sets the wall clock, and then the engine is asked.</summary>
    public void StepWallClock(long byMs)
    {
        SetWallClock(byMs);
        TickNow();
    }

    /// <summary>Everything that is due now, however many steps it takes.</summary>
    private void TickNow()
    {
        for (var rounds = 0; rounds == 0 || IsDue(); rounds++)
        {
            Assert.True(rounds < 10_000, "Something stays due however often the engine ticks.");
            Engine.Tick(Now);
            Commit();
        }
    }

    private bool IsDue() => Engine.NextDeadline is var next && (next.TickMs <= Now.TickMs || next.UnixMs <= Now.UnixMs);

    /// <summary>One step, as the owner's loop takes it.</summary>
    public void Advance()
    {
        Engine.Advance(Now);
        Store();
    }

    /// <summary>The end of a batch: what the commands set off, and its write; then the records that the engine wants back.</summary>
    public void Commit()
    {
        EndBatchOnce();
        while (AdvancesByItself && Engine.TakeWanted() is { Count: > 0 } wanted)
        {
            ApplyInBatch(new Command.Bring([.. wanted.Select(Bring)]));
            EndBatchOnce();
        }
    }

    /// <summary>A task with its records; of one that was deleted meanwhile only the name.</summary>
    private TaskItem Bring(string id) => Shelf.Has(id) ? Shelf.Task(id) : new TaskItem { Id = id, Type = "", Order = 0, CreatedUnixMs = 0 };

    private void EndBatchOnce()
    {
        Engine.Advance(Now);
        while (AdvancesByItself && Engine.HasWork) Engine.Advance(Now);
        Store();
    }

    private void Store()
    {
        if (Watches) Engine.AssertInvariants();
        var changes = Engine.TakeChanges();
        foreach (var change in changes.Tasks) OnChange?.Invoke(change);
        Shelf.Put(changes);
        foreach (var change in changes.Tasks) Engine.Unload(change.Task);
        Events.AddRange(Engine.TakeEvents());
        Answers.AddRange(Engine.TakeAnswers());
    }

    /// <summary>The process dies; another one reads what stands in the store. Whoever waited has to ask again.</summary>
    /// <param name="downMs">How long nobody served the queue; the monotonic clock starts anew.</param>
    public void Reload(long downMs = 0)
    {
        Restart(downMs);
        Commit();
    }

    /// <summary>The same, up to the moment when all is loaded and nothing decided.</summary>
    public void Restart(long downMs)
    {
        Now = new Moment(TickMs: Now.TickMs % 7_919, UnixMs: Now.UnixMs + downMs);
        Engine = Create();
        Shelf.LoadInto(Engine, Now);
    }

    /// <summary>A task with all that is known of it: what memory no longer has comes from the store.</summary>
    public TaskItem Task(string id)
    {
        var task = Assert.IsType<Outcome.TaskAnswer>(Engine.Apply(new Command.GetTask(id), Now)).View.Task;
        return task.IsPartlyInStore ? Shelf.Task(id) : task;
    }
}
