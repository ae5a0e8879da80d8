using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>
/// Plays a scenario line by line. A line is a command, and behind an arrow what is to come of it; Scenarios/README.md lists the words.
/// </summary>
public sealed partial class Scenario
{
    private readonly Dictionary<string, List<UInt128>> _grants = [];
    private readonly Dictionary<string, Command.Claim> _waiting = [];
    private EngineRig _rig = new();
    private int _eventsSeen;
    private int _answersSeen;

    public static void Play(IEnumerable<(int Number, string Text)> lines)
    {
        var scenario = new Scenario();
        foreach (var (number, text) in lines)
        {
            try
            {
                var line = ScenarioLine.Parse(text);
                var actual = scenario.Do(line);
                line.AssertAllRead();
                if (line.Expected is { } expected) Assert.Equal(expected, actual);
                else Assert.False(actual.StartsWith("refused", StringComparison.Ordinal), actual);
            }
            catch (Exception wrong)
            {
                throw new InvalidOperationException($"Line {number}: {text}\n{wrong.Message}", wrong);
            }
        }
        Assert.True(scenario.NewAnswers() is "none", "Claims were answered, and no line says so.");
    }

    private string Do(ScenarioLine line) => line.Words[0] switch
    {
        "limits" => SetLimits(line),
        "random" => Say(() => _rig.Random = double.Parse(line.Subject, System.Globalization.CultureInfo.InvariantCulture)),
        "tick" => Say(() => _rig.Tick(ScenarioLine.Duration(line.Subject))),
        "clock" => Say(() => _rig.StepWallClock(ScenarioLine.Duration(line.Subject))),
        "reload" => Say(() => Reload(line)),
        "outage" => Say(() => Outage(line)),
        "batch" => Say(() => _rig.IsInBatch = true),
        "end" => Say(_rig.EndBatch),
        "manual" => Say(() => _rig.AdvancesByItself = false),
        "advance" => Say(_rig.Advance),
        "start" => Say(() => StartLease(line)),
        "lose-graph" => Say(() => _rig.Shelf.LoseGraph(line.Subject)),
        "expect" => Expect(line),
        "events" => NewEvents(line),
        "answers" => NewAnswers(),
        "due" => NextDue(),
        "work" => _rig.Engine.HasWork ? "yes" : "no",
        "keys" => _rig.Shelf.Keys.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => OutcomeText.Of(Apply(line), line.Words[0]),
    };

    private static string Say(Action action)
    {
        action();
        return "done";
    }

    private Outcome Apply(ScenarioLine line)
    {
        var command = Command(line);
        if (line.Get("key") is { } key) command = command with { Key = new IdempotencyKey(key, Hash(line.Get("body") ?? line.Words[0])) };
        var outcome = _rig.Apply(command);
        if (line.Get("as") is { } name && outcome is Outcome.Parked) _waiting[name] = (Command.Claim)command;
        if (outcome is Outcome.Claimed claimed) Remember(claimed);
        foreach (var (_, answer) in _rig.Answers.Skip(_answersSeen)) Remember(answer);
        return outcome;
    }

    private Command Command(ScenarioLine line) => line.Words[0] switch
    {
        "submit" => new Command.Submit(Submission(line, line.Subject)),
        "graph" => Graph(line),
        "claim" => Claim(line),
        "abandon" => new Command.AbandonClaim(_waiting[line.Subject]),
        "ungrant" => new Command.Ungrant(line.Subject, Token(line)),
        "heartbeat" => new Command.Heartbeat(
            line.Subject, Token(line), line.Fraction("progress"), line.Get("message"), Bytes(line.Get("checkpoint")), Usage(line)),
        "complete" => new Command.Complete(line.Subject, Token(line), Bytes(line.Get("result")), Usage(line), line.Fraction("confidence")),
        "fail" => new Command.Fail(line.Subject, Token(line), Error(line), line.Ms("again")),
        "release" => new Command.Release(line.Subject, Token(line)),
        "cancel" => new Command.Cancel(line.Subject, line.Get("reason")),
        "cancel-graph" => new Command.CancelGraph(line.Subject, line.Get("reason")),
        "register" => new Command.RegisterAgent(line.Subject, line.Set("can"), line.Number("max") ?? 1),
        "drain" => new Command.DrainAgent(line.Subject),
        "configure" => new Command.Configure(line.Ms("ageing")),
        "pause" => new Command.Pause([.. line.Words.Skip(1)]),
        "resume" => new Command.Resume([.. line.Words.Skip(1)]),
        "get" => new Command.GetTask(line.Subject),
        "get-graph" => new Command.GetGraph(line.Subject),
        "list" => List(line),
        "agents" => new Command.ListAgents(),
        "queue" => new Command.GetQueue(),
        var verb => throw new FormatException($"'{verb}' is no verb."),
    };

    private Command.Claim Claim(ScenarioLine line)
    {
        var (agent, instance) = line.Subject.Split('/') is [var id, var replica] ? (id, replica) : (line.Subject, null);
        var types = line.Get("types") is null ? null : line.Set("types");
        return new(agent, instance, types, line.Number("max") ?? 1, line.Ms("wait") ?? 0, line.Ms("lease"), line.Get("id"));
    }

    private static Command.ListTasks List(ScenarioLine line)
    {
        var state = line.Get("state") is { } word ? Words.State(word) : null;
        var label = line.Get("label")?.Split(':');
        var filter = new TaskFilter(state, line.Get("type"), line.Get("agent"), line.Get("graph"), label?[0], label?.ElementAtOrDefault(1));
        return new(filter, line.Number("limit") ?? 100, line.Number("before") ?? long.MaxValue);
    }

    private Command.SubmitGraph Graph(ScenarioLine line)
    {
        var submissions = line.Parts.Select(ScenarioLine.Parse).Select(task => Submission(task, task.Words[0])).ToImmutableArray();
        return new Command.SubmitGraph(line.Subject, submissions);
    }

    private TaskSubmission Submission(ScenarioLine line, string id) => new()
    {
        Id = id,
        Type = line.Get("type") ?? "work",
        Priority = line.Get("priority") is { } priority ? Words.Priority(priority)!.Value : TaskPriority.Medium,
        DependsOn = [.. line.List("after").Select(edge => edge.Split(':') is [var on, var kind] ? new(on, ScenarioLine.Edge(kind)) : new DependencyEdge(edge))],
        NotBeforeUnixMs = _rig.Now.UnixMs + line.Ms("in"),
        DeadlineUnixMs = _rig.Now.UnixMs + line.Ms("deadline"),
        Labels = line.List("labels").Select(label => label.Split(':')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
        Fingerprint = Hash(line.Get("body") ?? ""),
        Body = Body(line),
    };

    private static TaskBody Body(ScenarioLine line)
    {
        var body = new TaskBody
        {
            Payload = Bytes(line.Get("body")) ?? default,
            Capabilities = [.. line.List("needs").Order(StringComparer.Ordinal)],
            MaxAttempts = line.Number("attempts") ?? 4,
            LeaseMs = line.Ms("lease") ?? 30_000,
            AttemptTimeoutMs = line.Ms("timeout") ?? 3_600_000,
            StallMs = line.Ms("stall"),
        };
        if (line.Get("backoff") is not { } backoff) return body;
        var words = backoff.Split(':');
        return body with { Backoff = new(words[0] == "exponential", ScenarioLine.Duration(words[1]), ScenarioLine.Duration(words[2])) };
    }

    private UInt128 Token(ScenarioLine line) => line.Get("token") switch
    {
        null => _grants[line.Subject][^1],
        "foreign" => UInt128.MaxValue,
        var grant => _grants[line.Subject][int.Parse(grant, System.Globalization.CultureInfo.InvariantCulture) - 1],
    };

    private static TaskError Error(ScenarioLine line) => new(line.Get("error") ?? "broken", "It did not work.", Retryable: !line.Words.Contains("final"));

    private static Usage? Usage(ScenarioLine line)
        => line.Number("tokens") is { } tokens ? new Usage(tokens, line.Fraction("cost") ?? 0) : null;

    private static ReadOnlyMemory<byte>? Bytes(string? word) => word is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(word);

    private static UInt128 Hash(string text) => text.Aggregate((UInt128)1, (hash, unit) => hash * 31 + unit);

    private void Remember(Outcome.Claimed claimed)
    {
        foreach (var grant in claimed.Grants)
        {
            if (!_grants.TryGetValue(grant.Task.Id, out var tokens)) _grants.Add(grant.Task.Id, tokens = []);
            if (!tokens.Contains(grant.Task.Lease!.Token)) tokens.Add(grant.Task.Lease.Token);
        }
    }
}
