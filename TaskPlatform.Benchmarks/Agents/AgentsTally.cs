using System.Text.Json.Serialization;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>What the agents of one process have seen so far. From any thread.</summary>
internal sealed class AgentsTally
{
    private readonly LatencyRecorder _started = new();
    private readonly LatencyRecorder _acknowledged = new();
    private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _completed;
    private long _begun;
    private long _repeated;

    /// <param name="isHolding">Whether <see cref="WentOn"/> waits for <see cref="GoOn"/>.</param>
    public AgentsTally(bool isHolding)
    {
        if (!isHolding) GoOn();
    }

    /// <summary>How long handlers have run.</summary>
    public BusyTime Busy { get; } = new();

    /// <summary>Fails when the agents cannot go on.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Completes when tasks may be completed.</summary>
    public Task WentOn => _goesOn.Task;

    public AgentsCounts Counts => new(Interlocked.Read(ref _begun), Interlocked.Read(ref _completed), Interlocked.Read(ref _repeated));

    public AgentsLatencies Latencies(double rate) => new(_started.Figures(rate), _acknowledged.Figures(rate));

    public void GoOn() => _goesOn.TrySetResult();

    public void Fail(Exception failure) => _failed.TrySetException(failure);

    /// <param name="due">When it was due; 0 where latency is not measured.</param>
    /// <param name="attempt">From 1.</param>
    public void Begin(long due, int attempt)
    {
        if (due > 0) _started.RecordSince(due);
        if (attempt > 1) Interlocked.Increment(ref _repeated);
        Interlocked.Increment(ref _begun);
    }

    /// <summary>The service has acknowledged a completion.</summary>
    /// <inheritdoc cref="Begin" path="/param[@name='due']"/>
    public void Complete(long due)
    {
        if (due > 0) _acknowledged.RecordSince(due);
        Complete();
    }

    public void Complete(int tasks = 1) => Interlocked.Add(ref _completed, tasks);
}

/// <summary>How far the agents are.</summary>
/// <param name="Begun">Attempts whose handler was started; of <see cref="AgentsKind.Handlers"/> only.</param>
/// <param name="Completed">Completions that were acknowledged.</param>
/// <param name="Repeated">Attempts that were not the first of their task.</param>
internal readonly record struct AgentsCounts(long Begun, long Completed, long Repeated);

/// <summary>From the moment a submit was due.</summary>
/// <param name="Started">To the start of the handler.</param>
/// <param name="Acknowledged">To the acknowledgement of the completion.</param>
[method: JsonConstructor]
internal sealed record AgentsLatencies(LatencyFigures Started, LatencyFigures Acknowledged);
