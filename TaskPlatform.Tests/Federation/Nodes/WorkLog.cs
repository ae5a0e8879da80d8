using System.Collections.Concurrent;
using System.Diagnostics;

namespace TaskPlatform.Tests.Federation.Nodes;

/// <summary>A task's payload. Tasks have other ids where they are lent to, so the work itself says which it is.</summary>
/// <param name="Number">Which of a burst.</param>
/// <param name="Milliseconds">How long to work.</param>
/// <param name="Note">Anything.</param>
internal sealed record Work(int Number, int Milliseconds, string Note)
{
    /// <summary>The type that nodes may hand to each other.</summary>
    public const string Exported = "work";

    /// <summary>A type that stays where it is.</summary>
    public const string Kept = "kept-work";
}

/// <summary>One time that an agent worked on a task.</summary>
/// <param name="Node">Where.</param>
/// <param name="Number">Which.</param>
/// <param name="Began">By <see cref="Stopwatch"/>, which all agents of this process share.</param>
internal sealed record Execution(string Node, int Number, long Began);

/// <summary>What agents did, whichever node they work at; and a way to hold them up.</summary>
internal sealed class WorkLog
{
    private readonly ConcurrentQueue<Execution> _executions = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _began = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    /// <summary>All, in order.</summary>
    public IReadOnlyList<Execution> Executions => [.. _executions];

    /// <summary>Completes when somebody begins with a task at this node.</summary>
    public Task BeganAsync(string node) => _began.GetOrAdd(node, _ => NewSource()).Task;

    /// <summary>From now on whoever works at this node stays inside its task until the gate is opened.</summary>
    /// <returns>What opens it.</returns>
    public TaskCompletionSource CloseAt(string node) => _gates.GetOrAdd(node, _ => NewSource());

    /// <summary>Works.</summary>
    public async Task<string> WorkAsync(string node, Work work, CancellationToken cancellationToken)
    {
        _executions.Enqueue(new Execution(node, work.Number, Stopwatch.GetTimestamp()));
        _began.GetOrAdd(node, _ => NewSource()).TrySetResult();
        if (_gates.TryGetValue(node, out var gate)) await gate.Task.WaitAsync(cancellationToken);
        else await Task.Delay(work.Milliseconds, cancellationToken);
        return $"{node} did {work.Number}";
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
