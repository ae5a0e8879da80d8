using System.Collections.Concurrent;
using System.Diagnostics;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Simulation;

namespace TaskPlatform.Tests.Chaos;

/// <summary>What all clients of a round saw, from whichever thread, for the simulation's checker.</summary>
internal sealed class ChaosHistory
{
    private readonly History _seen = new();
    private readonly Lock _lock = new();

    /// <summary>The system's monotonic clock in milliseconds: every process of a machine has the same.</summary>
    public static long NowMs => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000);

    /// <summary>Who is asked now. Another one, once the store may have gone back with nobody left to notice.</summary>
    public object Owner { get; private set; } = new();

    /// <summary>How often a service said each problem to callers that must come again; empty: there was no answer.</summary>
    public ConcurrentDictionary<string, int> Unknowns { get; } = new(StringComparer.Ordinal);

    public int Submitted => Count(seen => seen is { Command: Command.Submit, Outcome: Outcome.TaskAnswer });

    public int Completed => Count(seen => seen is { Command: Command.Complete, Outcome: Outcome.TaskAnswer });

    public int Refused => Count(seen => seen is { Command: Command.Heartbeat or Command.Complete, Outcome: Outcome.Refused });

    public int Calls => Count(_ => true);

    public int Kept => _seen.Kept.Count;

    public void Attempt(TaskSubmission task)
    {
        lock (_lock) _seen.Attempted.TryAdd(task.Id, task);
    }

    public void Add(Seen seen)
    {
        lock (_lock) _seen.Seen.Add(seen);
    }

    public void Keep(UInt128 token)
    {
        lock (_lock) _seen.Kept.Add(token);
    }

    public void Trouble(string what)
    {
        lock (_lock) _seen.Troubles.Add(what);
    }

    /// <summary>No answer, or one that says: come again. The latter must say when.</summary>
    public void Unknown(TaskPlatformException unknown)
    {
        Unknowns.AddOrUpdate(unknown.ProblemType, 1, (_, count) => count + 1);
        if (unknown is { Status: System.Net.HttpStatusCode.ServiceUnavailable, RetryAfter: null }) Trouble($"503 without Retry-After: {unknown.Message}");
        if (unknown.Status is { } status and not System.Net.HttpStatusCode.ServiceUnavailable) Trouble($"{status}: {unknown.Message}");
    }

    /// <summary>From here on answers are promised; what was answered before may be lost.</summary>
    public void StoreGoesBack()
    {
        (Owner, _seen.StoreWentBack) = (new object(), true);
    }

    /// <summary>Everything, once nobody calls any more.</summary>
    /// <param name="final">What was read in the end; null: nothing could be.</param>
    public IReadOnlyList<Finding> Check(IReadOnlyList<TaskInfo>? final)
    {
        lock (_lock)
        {
            _seen.Final = final?.ToDictionary(task => task.Id, RealCaller.Final, StringComparer.Ordinal);
            _seen.LastOwner = Owner;
            return new Checker(_seen, Committed.Of(_seen.Seen)).CheckCalls();
        }
    }

    /// <summary>Submits that were never answered and are there all the same.</summary>
    public int Recovered()
    {
        lock (_lock)
        {
            var told = _seen.Seen.Where(seen => seen is { Command: Command.Submit, Outcome: not null }).Select(seen => ((Command.Submit)seen.Command).Task.Id).ToHashSet();
            return _seen.Final?.Keys.Count(id => !told.Contains(id)) ?? 0;
        }
    }

    private int Count(Func<Seen, bool> which)
    {
        lock (_lock) return _seen.Seen.Count(which);
    }
}
