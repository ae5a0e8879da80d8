using System.Collections.Immutable;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>What is submitted: an id says wholly what it is, so that a repeat is the same.</summary>
internal static class Submissions
{
    public static TaskSubmission Plain(string id, params ImmutableArray<DependencyEdge> after)
    {
        var kind = id.Aggregate(17, (sum, letter) => sum * 31 + letter) & 0xFFFF;
        return new TaskSubmission
        {
            Id = id,
            Type = kind % 2 == 0 ? "even" : "odd",
            Priority = (TaskPriority)(1 + kind % 4),
            DependsOn = after,
            Fingerprint = (UInt128)kind,
            Body = new TaskBody
            {
                Payload = """{"n":1}"""u8.ToArray(),
                MaxAttempts = 1 + kind % 5,
                LeaseMs = 2_000 + kind % 3 * 2_000,
                Backoff = new BackoffPolicy(kind % 3 == 0, 100 + kind % 7 * 100, 3_000),
            },
        };
    }

    /// <summary>A task whose result must be passed, and one that depends on it.</summary>
    public static ImmutableArray<TaskSubmission> Judged(string id)
    {
        var plain = Plain($"{id}.a");
        var judged = plain with { Body = plain.Body with { Policy = plain.Body.Policy with { MaxAttempts = 5, Verifier = "even" } } };
        return [judged, Plain($"{id}.b", new DependencyEdge(judged.Id))];
    }

    public static ImmutableArray<TaskSubmission> Graph(string id, int shape)
    {
        var first = Plain($"{id}.a");
        var edge = new DependencyEdge(first.Id, (EdgeKind)(shape % 3));
        var (second, third) = (Plain($"{id}.b", edge), Plain($"{id}.c", new DependencyEdge(first.Id)));
        var last = Plain($"{id}.d", new DependencyEdge(second.Id, EdgeKind.Finish), new DependencyEdge(third.Id));
        return [first, second, third, last];
    }
}

/// <summary>Submits, cancels, retries and reads while the world is hostile.</summary>
internal sealed class Submitter(QueueWorld world, string name, Random random)
{
    private readonly Caller _caller = new(world, new Random(random.Next()));
    private readonly List<string> _plain = [];
    private readonly List<string> _others = [];
    private int _last;

    public async Task RunAsync()
    {
        while (!world.IsCalm)
        {
            await world.DelayAsync(random.Next(1, 1_500));
            var (command, times) = Next();
            await _caller.AskAsync(command, times);
        }
    }

    private (Command, int Times) Next() => random.Next(22) switch
    {
        < 9 => (Submit(_plain, $"{name}{++_last}"), random.Next(1, 5)),
        < 11 => (Submit(_others, $"p{name}{++_last}"), random.Next(1, 5)),
        < 13 => (Graph($"g{name}{++_last}", id => Submissions.Graph(id, random.Next(3))), random.Next(1, 5)),
        < 14 when _plain.Count > 0 => (new Command.Cancel(Any(_plain), null), random.Next(1, 3)),
        < 15 when _others.Count > 0 => (new Command.Cancel(Any(_others), null), random.Next(1, 3)),
        < 16 when _plain.Count > 0 => (new Command.Retry(Any(_plain)), random.Next(1, 3)),
        < 18 => (Graph($"v{name}{++_last}", Submissions.Judged), random.Next(1, 5)),
        _ when world.AnyAttempted(random) is { } id => (new Command.GetTask(id), 1),
        _ => (new Command.GetQueue(), 1),
    };

    private Command.Submit Submit(List<string> ids, string id)
    {
        var task = Submissions.Plain(id);
        ids.Add(id);
        world.Attempt(task);
        return new Command.Submit(task) { IsBrief = random.Next(2) == 0 };
    }

    private Command.SubmitGraph Graph(string id, Func<string, ImmutableArray<TaskSubmission>> tasksOf)
    {
        var tasks = tasksOf(id);
        _others.AddRange(tasks.Select(task => task.Id));
        foreach (var task in tasks) world.Attempt(task);
        return new Command.SubmitGraph(id, tasks);
    }

    private string Any(List<string> ids) => ids[^random.Next(1, Math.Min(ids.Count, 15) + 1)];
}
