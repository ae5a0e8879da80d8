using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>A line as the command that it stands for.</summary>
public sealed partial class Scenario
{
    private Command Command(ScenarioLine line) => line.Words[0] switch
    {
        "submit" => new Command.Submit(Submission(line, line.Subject)),
        "graph" => new Command.SubmitGraph(line.Subject, Submissions(line), line.Budget("budget")),
        "claim" => Claim(line),
        "abandon" => new Command.AbandonClaim((Command.Claim)_waiting[line.Subject]),
        "ungrant" => new Command.Ungrant(line.Subject, Token(line)),
        "heartbeat" => new Command.Heartbeat(
            line.Subject, Token(line), line.Fraction("progress"), line.Get("message"), Bytes(line.Get("checkpoint")), Usage(line)),
        "complete" => new Command.Complete(line.Subject, Token(line), Bytes(line.Get("result")), Usage(line), line.Fraction("confidence")),
        "fail" => new Command.Fail(line.Subject, Token(line), Error(line), line.Ms("again")),
        "release" => new Command.Release(line.Subject, Token(line)),
        "children" => new Command.AddChildren(line.Subject, Token(line), Submissions(line), line.Words.Contains("wait")),
        "ask" => new Command.Ask(line.Subject, Token(line), line.Get("question") ?? "Which?", [.. line.List("choices")]),
        "answer" => Answer(line),
        "cancel" => new Command.Cancel(line.Subject, line.Get("reason")),
        "cancel-graph" => new Command.CancelGraph(line.Subject, line.Get("reason")),
        "retry" => new Command.Retry(line.Subject),
        "patch" => Patch(line),
        "delete" => new Command.Delete(line.Subject),
        "register" => new Command.RegisterAgent(line.Subject, line.Set("can"), line.Number("max") ?? 1),
        "drain" => new Command.DrainAgent(line.Subject),
        "remove" => new Command.RemoveAgent(line.Subject),
        "configure" => new Command.Configure(Settings(line)),
        "pause" => new Command.Pause([.. line.Words.Skip(1)]),
        "resume" => new Command.Resume([.. line.Words.Skip(1)]),
        "bulk" => new Command.Bulk(line.Subject, Enum.Parse<BulkAction>(line.Words[2], ignoreCase: true), Filter(line), line.Words.Contains("dry")),
        "schedule" => new Command.PutSchedule(line.Subject, Schedule(line)),
        "route" => new Command.PutRoute(line.Subject, Route(line)),
        "unroute" => new Command.DeleteRoute(line.Subject),
        "unschedule" => new Command.DeleteSchedule(line.Subject),
        _ => Question(line),
    };

    private static Command Question(ScenarioLine line) => line.Words[0] switch
    {
        "get" => new Command.GetTask(line.Subject),
        "get-graph" => new Command.GetGraph(line.Subject),
        "get-schedule" => new Command.GetSchedule(line.Subject),
        "schedules" => new Command.ListSchedules(),
        "routes" => new Command.ListRoutes(),
        "figures" => new Command.GetRoute(line.Subject),
        "operation" => new Command.GetOperation(line.Subject),
        "why" => new Command.Why(line.Subject),
        "list" => new Command.ListTasks(Filter(line), line.Number("limit") ?? 100, line.Number("before") ?? long.MaxValue),
        "agents" => new Command.ListAgents(),
        "queue" => new Command.GetQueue(),
        var verb => throw new FormatException($"'{verb}' is no verb."),
    };

    private static Command.Claim Claim(ScenarioLine line)
    {
        var (agent, instance) = line.Subject.Split('/') is [var id, var replica] ? (id, replica) : (line.Subject, null);
        var types = line.Get("types") is null ? null : line.Set("types");
        return new(agent, instance, types, line.Number("max") ?? 1, line.Ms("wait") ?? 0, line.Ms("lease"), line.Get("id"), line.Words.Contains("registered"));
    }

    /// <summary>A word is an answer to a question; amounts are an answer to a task that waits for its budget.</summary>
    private static Command.Answer Answer(ScenarioLine line)
    {
        if (line.Get("text") is { } word) return new(line.Subject, Encoding.UTF8.GetBytes($"\"{word}\""), word, null);
        if (line.Budget("raise") is { } raise) return new(line.Subject, Encoding.UTF8.GetBytes($"{{\"tokens\":{raise.Tokens}}}"), null, raise);
        return new(line.Subject, Encoding.UTF8.GetBytes("{}"), null, null);
    }

    private Command.Patch Patch(ScenarioLine line)
    {
        var labels = line.Get("labels") is null ? null : line.List("labels").Select(label => label.Split(':'))
            .ToImmutableSortedDictionary(pair => pair[0], pair => pair[1].Length == 0 ? null : pair[1], StringComparer.Ordinal);
        NewDate? date = line.Words.Contains("undated") ? new NewDate(null) : line.Ms("in") is { } wait ? new NewDate(_rig.Now.UnixMs + wait) : null;
        return new(line.Subject, Priority(line), date, labels);
    }

    private ScheduleSpec Schedule(ScenarioLine line) => new(
        line.Get("every")!, "UTC", Enum.Parse<Overlap>(line.Get("overlap") ?? "skip", ignoreCase: true), Submission(line, line.Subject));

    /// <summary>A candidate is written <c>name/cost/quality/rateLimitKey/budgetKey</c>.</summary>
    private static RouteSpec Route(ScenarioLine line) => new()
    {
        Candidates = [.. line.List("candidates").Select(candidate => candidate.Split('/')).Select(words => new RouteCandidate(words[0])
        {
            CostPerTask = double.Parse(words[1], CultureInfo.InvariantCulture),
            Quality = double.Parse(words[2], CultureInfo.InvariantCulture),
            RateLimitKey = words.ElementAtOrDefault(3) is { Length: > 0 } rate ? rate : null,
            BudgetKey = words.ElementAtOrDefault(4),
        })],
        MinimumQuality = line.Fraction("quality") ?? 0,
        MinimumConfidence = line.Fraction("confidence") ?? 0,
        Verifier = line.Get("verifier"),
        Fallback = line.Get("fallback"),
        QuotaPatienceMs = line.Ms("patience") ?? 10_000,
    };

    private static TaskFilter Filter(ScenarioLine line)
    {
        var state = line.Get("state") is { } word ? Words.State(word) : null;
        var label = line.Get("label")?.Split(':');
        return new(state, line.Get("type"), line.Get("agent"), line.Get("graph"), label?[0], label?.ElementAtOrDefault(1));
    }

    private static SettingsChange Settings(ScenarioLine line) => new()
    {
        AgeingMs = line.Ms("ageing"),
        RetentionAgeMs = line.Ms("keep"),
        RetentionCount = line.Number("kept"),
        UnfinishedTasks = line.Number("tasks"),
        Concurrency = line.Patterns("concurrency", value => int.Parse(value, CultureInfo.InvariantCulture)),
        Rates = line.Patterns("rates", ScenarioLine.Rate),
        Fairness = line.Patterns("fairness", value => double.Parse(value, CultureInfo.InvariantCulture)),
        Budgets = line.Patterns("budgets", ScenarioLine.BudgetLimit),
    };

    private ImmutableArray<TaskSubmission> Submissions(ScenarioLine line)
        => [.. line.Parts.Select(ScenarioLine.Parse).Select(task => Submission(task, task.Words[0]))];

    private TaskSubmission Submission(ScenarioLine line, string id) => new()
    {
        Id = id,
        Type = line.Get("type") ?? "work",
        Priority = Priority(line) ?? TaskPriority.Medium,
        DependsOn = [.. line.List("after").Select(edge => edge.Split(':') is [var on, var kind] ? new(on, ScenarioLine.Edge(kind)) : new DependencyEdge(edge))],
        NotBeforeUnixMs = _rig.Now.UnixMs + line.Ms("in"),
        DeadlineUnixMs = _rig.Now.UnixMs + line.Ms("deadline"),
        Labels = line.List("labels").Select(label => label.Split(':')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
        Fingerprint = Hash(line.Get("body") ?? ""),
        Body = Body(line),
    };

    private static TaskPriority? Priority(ScenarioLine line) => line.Get("priority") is { } priority ? Words.Priority(priority)!.Value : null;

    private static TaskBody Body(ScenarioLine line) => new()
    {
        Payload = Bytes(line.Get("body")) ?? default,
        Capabilities = [.. line.List("needs").Order(StringComparer.Ordinal)],
        Policy = new TaskPolicy
        {
            MaxAttempts = line.Number("attempts") ?? 4,
            Backoff = line.Get("backoff")?.Split(':') is [var kind, var first, var longest]
                ? new(kind == "exponential", ScenarioLine.Duration(first), ScenarioLine.Duration(longest))
                : BackoffPolicy.Default,
            LeaseMs = line.Ms("lease") ?? 30_000,
            AttemptTimeoutMs = line.Ms("timeout") ?? 3_600_000,
            StallMs = line.Ms("stall"),
            FailsWithChild = line.Get("child") == "fail",
            Verifier = line.Get("verifier"),
        },
        Flow = Flow(line),
        Unique = line.Get("unique")?.Split(':') is [var key, .. var time] ? new UniqueKey(key, time is [var ms] ? ScenarioLine.Duration(ms) : null) : null,
    };

    private static TaskFlow Flow(ScenarioLine line) => FlowOf(line) is var flow && flow == TaskFlow.None ? TaskFlow.None : flow;

    private static TaskFlow FlowOf(ScenarioLine line) => new()
    {
        ConcurrencyKey = line.Get("concurrency"),
        RateLimitKey = line.Get("rate"),
        FairnessKey = line.Get("fairness"),
        Weight = line.Number("weight") ?? 1,
        BudgetKey = line.Get("from"),
        Budget = line.Budget("budget"),
        Route = line.Get("route"),
    };

    private UInt128 Token(ScenarioLine line) => line.Get("token") switch
    {
        null => _grants[line.Subject][^1],
        "foreign" => UInt128.MaxValue,
        var grant => _grants[line.Subject][int.Parse(grant, CultureInfo.InvariantCulture) - 1],
    };

    private static TaskError Error(ScenarioLine line) => new(line.Get("error") ?? "broken", "It did not work.", Retryable: !line.Words.Contains("final"));

    private static Usage? Usage(ScenarioLine line)
        => (line.Number("tokens"), line.Fraction("cost")) is var (tokens, cost) && (tokens is not null || cost is not null) ? new Usage(tokens ?? 0, cost ?? 0) : null;

    private static ReadOnlyMemory<byte>? Bytes(string? word) => word is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(word);

    private static UInt128 Hash(string text) => text.Aggregate((UInt128)1, (hash, unit) => hash * 31 + unit);
}
