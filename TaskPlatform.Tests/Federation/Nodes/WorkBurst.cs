using System.Diagnostics;
using System.Globalization;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Tests.Federation.Nodes;

/// <summary>Many tasks at once for the home node, and what came of them.</summary>
internal sealed class WorkBurst
{
    private readonly ThreeNodes _nodes;
    private readonly string _name;
    private readonly int _first;
    private readonly int _count;

    private WorkBurst(ThreeNodes nodes, string name, int first, int count) => (_nodes, _name, _first, _count) = (nodes, name, first, count);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>When it was submitted, by <see cref="Stopwatch"/>.</summary>
    public long SubmittedAt { get; private set; }

    /// <summary>How often each node began with a task of it.</summary>
    public IReadOnlyDictionary<string, int> ByNode => Executions.GroupBy(done => done.Node).ToDictionary(node => node.Key, node => node.Count());

    /// <summary>What agents did of it.</summary>
    public IReadOnlyList<Execution> Executions => [.. _nodes.Log.Executions.Where(done => done.Number >= _first && done.Number < _first + _count)];

    /// <summary>Submits it.</summary>
    /// <param name="nodes">Whose home node.</param>
    /// <param name="count">How many tasks.</param>
    /// <param name="type">Whether they may leave.</param>
    /// <param name="name">Of the burst; numbers of tasks are unique over all bursts.</param>
    /// <param name="first">The first task's number.</param>
    /// <param name="milliseconds">How long each works.</param>
    public static async Task<WorkBurst> SubmitAsync(
        ThreeNodes nodes, int count, string type, string name, int first = 0, int milliseconds = 200)
    {
        var burst = new WorkBurst(nodes, name, first, count);
        var tasks = Enumerable.Range(first, count).Select(number => new SubmitTask
        {
            Id = burst.TaskId(number),
            Type = type,
            LeaseSeconds = ThreeNodes.LongLeaseSeconds,
            Backoff = new BackoffSpec { InitialSeconds = 0.1, MaxSeconds = 0.5 },
            Payload = RawJson.From(new Work(number, milliseconds, $"payload-of-{name}"), System.Text.Json.JsonSerializerOptions.Web),
        }).ToList();
        burst.SubmittedAt = Stopwatch.GetTimestamp();
        var outcomes = await nodes.Home.Client.SubmitBatchAsync(ThreeNodes.Queue, tasks, cancellationToken: Token);
        Assert.All(outcomes, outcome => Assert.Equal(201, outcome.Status));
        return burst;
    }

    /// <summary>The tasks, once all are over: as the home queue has them.</summary>
    public async Task<IReadOnlyList<TaskInfo>> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(ThreeNodes.Patience);
        var ended = new List<TaskInfo>();
        for (var number = _first; number < _first + _count; number++)
        {
            TaskInfo task;
            do task = await _nodes.Home.Client.GetAsync(ThreeNodes.Queue, TaskId(number), TimeSpan.FromSeconds(20), limit.Token);
            while (task.FinishedAt is null);
            ended.Add(task);
        }
        return ended;
    }

    /// <summary>Waits for the end; each task completed, once, with the result of somebody who worked on it.</summary>
    public async Task<IReadOnlyList<TaskInfo>> AssertEachCompletedOnceAsync()
    {
        var tasks = await EndAsync();
        var done = Executions.Select(execution => $"{execution.Node} did {execution.Number}").ToHashSet();
        Assert.All(tasks, (task, place) =>
        {
            Assert.Equal(TaskState.Completed, task.State);
            Assert.Single(task.Attempts!, attempt => attempt.Outcome == "completed");
            var result = task.Result!.Value.To<string>(System.Text.Json.JsonSerializerOptions.Web)!;
            Assert.Contains(result, done);
            Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $" did {_first + place}"), result, StringComparison.Ordinal);
        });
        return tasks;
    }

    /// <summary>The time from the submit to a task's first beginning, in seconds, that this part of the tasks did not exceed.</summary>
    public double Wait(double part)
    {
        var waits = Executions.GroupBy(done => done.Number).Select(task => Stopwatch.GetElapsedTime(SubmittedAt, task.Min(done => done.Began)).TotalSeconds).Order().ToList();
        return waits[(int)Math.Ceiling(part * waits.Count) - 1];
    }

    private string TaskId(int number) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{number}");
}
