using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>docs/state-machine.md says what the engine does, no more and no less.</summary>
public sealed partial class StateMachineTests
{
    private const int Walks = 1_000;
    private const int Steps = 40;

    [Fact]
    public void Diagram_ComparedWithRandomWalks_HasExactlyTheirTransitions()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < Walks; seed++) new Walk(seed, seen).Run(Steps);

        var drawn = ReadDiagram();
        Assert.Empty(seen.Except(drawn));
        Assert.Empty(drawn.Except(seen));
    }

    private static SortedSet<string> ReadDiagram()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "state-machine.md"));
        var arrows = Arrow.Matches(text).Select(match => $"{match.Groups["from"].Value} --> {match.Groups["to"].Value}");
        return new(arrows.Where(arrow => !arrow.EndsWith("[*]", StringComparison.Ordinal)), StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^ +(?<from>\S+) --> (?<to>\S+)", RegexOptions.Multiline)]
    private static partial Regex Arrow { get; }

    /// <summary>Some tasks in one engine, a random verb or a random time at each step, and a look at every state after it.</summary>
    private sealed class Walk
    {
        private const int Tasks = 4;

        private readonly Random random;
        private readonly SortedSet<string> seen;
        private readonly TaskEngine engine;
        private readonly Dictionary<string, string> states = [];
        private readonly List<(string TaskId, UInt128 Token)> grants = [];
        private Moment now = new(0, 1_000_000);
        private UInt128 lastToken;

        public Walk(int seed, SortedSet<string> seen)
        {
            random = new Random(seed);
            this.seen = seen;
            engine = new TaskEngine(new EngineLimits { Requeues = 3 }, () => ++lastToken, random.NextDouble);
        }

        public void Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                if (random.Next(3) == 0) Observe(Wait);
                else Observe(() => Do(Any()));
                Observe(() => engine.Advance(now));
            }
        }

        private void Wait()
        {
            var ms = random.Next(6) switch { 0 => 40_000, 1 => 11_000, _ => random.Next(5_000) };
            now = new Moment(now.TickMs + ms, now.UnixMs + ms);
            engine.Tick(now);
        }

        private void Do(Command command)
        {
            if (engine.Apply(command, now) is not Outcome.Claimed claimed) return;
            grants.AddRange(claimed.Grants.Select(grant => (grant.Task.Id, grant.Task.Lease!.Token)));
        }

        private Command Any()
        {
            var (id, token) = grants.Count > 0 && random.Next(8) > 0 ? grants[^1] : (AnyId(), UInt128.Zero);
            return random.Next(10) switch
            {
                0 or 1 or 2 => new Command.Submit(Submission()),
                3 or 4 => new Command.Claim("agent", null, null, 1, 0, null, null),
                5 => new Command.Heartbeat(id, token, random.NextDouble(), null, null, null),
                6 => new Command.Complete(id, token, null, null, null),
                7 => new Command.Fail(id, token, new TaskError("error", "", random.Next(4) > 0), random.Next(3) == 0 ? 500 : null),
                8 => random.Next(2) == 0 ? new Command.Release(id, token) : new Command.Ungrant(id, token),
                _ => new Command.Cancel(random.Next(2) == 0 ? id : AnyId(), null),
            };
        }

        private TaskSubmission Submission() => new()
        {
            Id = $"t{states.Count}",
            Type = "work",
            DependsOn = states.Count > 0 && random.Next(2) == 0 ? [new DependencyEdge(AnyId())] : [],
            NotBeforeUnixMs = random.Next(3) == 0 ? now.UnixMs + random.Next(8_000) : null,
            DeadlineUnixMs = random.Next(4) == 0 ? now.UnixMs + random.Next(20_000) : null,
            Body = new TaskBody { MaxAttempts = random.Next(1, 4) },
        };

        private string AnyId() => $"t{random.Next(Math.Clamp(states.Count, 1, Tasks))}";

        private void Observe(Action step)
        {
            step();
            engine.AssertInvariants();
            foreach (var task in List())
            {
                var state = Words.Of(task.State);
                var before = states.GetValueOrDefault(task.Id, "[*]");
                if (state != before) seen.Add($"{before} --> {state}");
                states[task.Id] = state;
            }
        }

        private IEnumerable<TaskItem> List()
        {
            var page = (Outcome.Page)engine.Apply(new Command.ListTasks(new TaskFilter(null, null, null, null, null, null), 100, long.MaxValue), now);
            return page.Tasks.Select(view => view.Task);
        }
    }
}
