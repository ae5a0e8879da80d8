using BenchmarkDotNet.Attributes;
using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Engine;

/// <summary>Lives a second: submit, claim and complete, with nothing else in the queue.</summary>
[MemoryDiagnoser]
public class LifeBenchmark
{
    /// <summary>Lives in one invocation.</summary>
    public const int Lives = 100_000;

    private readonly Command.Claim _claim = EngineBed.Claim();
    private readonly string[] _ids = new string[Lives];
    private EngineBed _bed = new();
    private int _round;

    /// <summary>How many finished tasks the queue keeps: none but a few, or all of the invocation.</summary>
    [Params(1_000, 1_000_000)]
    public int Kept { get; set; }

    /// <summary>Names are made apart: the clients make them.</summary>
    [IterationSetup]
    public void MakeIds()
    {
        _round++;
        for (var number = 0; number < Lives; number++) _ids[number] = $"{_round:x8}{number:x24}";
        _bed = new EngineBed(new EngineLimits { FinishedTasks = Kept, Tombstones = 1_000 });
    }

    /// <summary>One after the other.</summary>
    [Benchmark(OperationsPerInvoke = Lives)]
    public void Life()
    {
        foreach (var id in _ids) _bed.Live(id, _claim);
        _bed.EndBatch();
    }
}

/// <summary>A claim and its completion, whatever stands behind.</summary>
[MemoryDiagnoser]
public class ClaimBenchmark
{
    private const int Claims = 1_000;

    private readonly Command.Claim _claim = EngineBed.Claim();
    private EngineBed _bed = new();

    /// <summary>Ready tasks, in as many lanes as the case says.</summary>
    [Params(1_000, 100_000, 1_000_000)]
    public int Backlog { get; set; }

    /// <summary>What stands there.</summary>
    [Params(BacklogKind.OneLane, BacklogKind.Lanes, BacklogKind.Saturated)]
    public BacklogKind Kind { get; set; }

    /// <summary>Fills the queue.</summary>
    [IterationSetup]
    public void Fill() => _bed = Backlogs.Of(Kind, Backlog);

    /// <summary>Claims one task after the other and completes it.</summary>
    [Benchmark(OperationsPerInvoke = Claims)]
    public void ClaimAndComplete()
    {
        for (var number = 0; number < Claims; number++) _bed.Finish((Outcome.Claimed)_bed.Apply(_claim));
    }
}

/// <summary>A claim that finds nothing.</summary>
[MemoryDiagnoser]
public class EmptyClaimBenchmark
{
    private readonly Command.Claim _claim = EngineBed.Claim();
    private readonly EngineBed _bed = new();

    /// <summary>In an empty queue.</summary>
    [Benchmark]
    public Outcome ClaimNothing() => _bed.Engine.Apply(_claim, _bed.Now);
}
