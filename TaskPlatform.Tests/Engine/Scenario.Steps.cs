using System.Globalization;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>What a scenario can see, and what it can do beside the engine's commands.</summary>
public sealed partial class Scenario
{
    private string SetLimits(ScenarioLine line)
    {
        var usual = new EngineLimits();
        _rig = new EngineRig(usual with
        {
            UnfinishedTasks = line.Number("tasks") ?? usual.UnfinishedTasks,
            GraphTasks = line.Number("graph") ?? usual.GraphTasks,
            WaitingClaims = line.Number("waiting") ?? usual.WaitingClaims,
            Agents = line.Number("agents") ?? usual.Agents,
            IdempotencyKeys = line.Number("keys") ?? usual.IdempotencyKeys,
            AttemptsKept = line.Number("kept") ?? usual.AttemptsKept,
            Requeues = line.Number("requeues") ?? usual.Requeues,
            StepTasks = line.Number("step") ?? usual.StepTasks,
            Children = line.Number("children") ?? usual.Children,
            ChildDepth = line.Number("depth") ?? usual.ChildDepth,
            Schedules = line.Number("schedules") ?? usual.Schedules,
            Operations = line.Number("operations") ?? usual.Operations,
        });
        return "done";
    }

    private void Reload(ScenarioLine line)
    {
        _rig.Reload(line.Ms("down") ?? 0);
        _waiting.Clear();
    }

    /// <summary>Time passes without any tick, since nothing could be stored; then the owner gives the leases their time again.</summary>
    private void Outage(ScenarioLine line)
    {
        _rig.Sleep(ScenarioLine.Duration(line.Subject));
        _rig.Engine.RegrantLeases(_rig.Now);
        _rig.Tick(0);
    }

    private void StartLease(ScenarioLine line) => _rig.Engine.StartLease(line.Subject, Token(line), _rig.Now);

    /// <summary>What a graph's tasks have used: <c>used G -> 120</c>.</summary>
    private string Used(ScenarioLine line)
        => Text(Assert.IsType<Outcome.GraphAnswer>(_rig.Engine.Apply(new Command.GetGraph(line.Subject), _rig.Now)).View.Used.Tokens);

    /// <summary>What an answer to <c>why</c> says beside its reason: place in line, expected start, agents.</summary>
    private WhyView Why(ScenarioLine line)
        => Assert.IsType<Outcome.WhyAnswer>(_rig.Engine.Apply(new Command.Why(line.Subject), _rig.Now)).View;

    /// <summary>Looks at a task's fields: <c>expect a state=pending error=lease-lost</c>.</summary>
    private string Expect(ScenarioLine line)
    {
        var view = Assert.IsType<Outcome.TaskAnswer>(_rig.Engine.Apply(new Command.GetTask(line.Subject), _rig.Now)).View;
        foreach (var (name, value) in line.Values) Assert.Equal($"{name}={value}", $"{name}={Field(view, name)}");
        return "done";
    }

    private string Field(TaskView view, string name)
    {
        var task = _rig.Task(view.Task.Id);
        var told = task.History ?? new TaskHistory();
        return name switch
        {
            "state" => Words.Of(task.State),
            "attempt" => Text(task.Attempt),
            "used" => Text(task.AttemptsUsed),
            "requeues" => Text(told.Requeues),
            "losses" => Text(told.Losses),
            "error" => task.Error?.Type ?? "none",
            "agent" => task.AssignedAgent ?? "none",
            "progress" => Text(task.Progress ?? -1),
            "message" => task.Message ?? "none",
            "checkpoint" => Encoding.UTF8.GetString(task.Checkpoint.Span),
            "result" => !task.HasResult ? "none" : Encoding.UTF8.GetString(_rig.Shelf.Result(task.Id).Span),
            "tokens" => Text(told.Used.Tokens),
            "cost" => Text(told.Used.Cost),
            "asked" => task.CancelRequested ? "yes" : "no",
            "reason" => told.CancelReason ?? "none",
            "by" => task.CancelledBy ?? "none",
            "attempts" => string.Join(',', task.Attempts.Select(attempt => $"{attempt.Attempt}:{attempt.Outcome}")),
            "waits" => view.WaitingFor.IsEmpty ? "none" : string.Join(',', view.WaitingFor),
            "inputs" => view.Inputs.IsEmpty ? "none" : string.Join(',', view.Inputs.Select(input => $"{input.Id}:{input.Bytes}")),
            "backoff" => $"{told.BackoffMs}ms",
            "kept" => view.Task.Body is null ? "no" : "yes",
            "children" => view.Children.IsEmpty ? "none" : string.Join(',', view.Children),
            "answer" => told.Question is { Answer.IsEmpty: false } question ? Encoding.UTF8.GetString(question.Answer.Span).Trim('"') : "none",
            "parent" => task.ParentId ?? "none",
            "graph" => task.GraphId ?? "none",
            "priority" => Words.Of(task.Priority),
            "labels" => task.Labels.IsEmpty ? "none" : string.Join(',', task.Labels.Select(label => $"{label.Key}:{label.Value}")),
            "waiting" => told.Waits.ToString().ToLowerInvariant(),
            "verdict" => Verdict(told.Verdict),
            "candidate" => told.Routing?.Candidate ?? "none",
            "tried" => told.Routing is { Tried.IsEmpty: false } routing ? string.Join(',', routing.Tried) : "none",
            "routed" => told.IsRerouted ? "yes" : "no",
            "deadline" => task.DeadlineUnixMs is { } deadline ? $"{deadline - _rig.Now.UnixMs}ms" : "none",
            _ => throw new FormatException($"'{name}' is no field."),
        };
    }

    private static string Verdict(TaskVerdict? verdict) => verdict is null
        ? "none"
        : string.Join(':', new[] { verdict.Pass ? "pass" : "reject", verdict.TaskId, verdict.Reason }.OfType<string>());

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private string NewEvents(ScenarioLine line)
    {
        var events = _rig.Events.Skip(_eventsSeen).Select(told => $"{told.Kind}:{told.Task.Id}");
        var text = string.Join(' ', events);
        _eventsSeen = _rig.Events.Count;
        return text.Length == 0 ? "none" : text;
    }

    private string NewAnswers()
    {
        var answers = _rig.Answers.Skip(_answersSeen).Select(pair => $"{NameOf(pair.Command)}:{OutcomeText.Of(pair.Answer, "").Replace(' ', ',')}");
        var text = string.Join(' ', answers);
        foreach (var (_, answer) in _rig.Answers.Skip(_answersSeen)) Remember(answer);
        _answersSeen = _rig.Answers.Count;
        return text.Length == 0 ? "none" : text;
    }

    private string NameOf(Command command) => _waiting.First(pair => ReferenceEquals(pair.Value, command)).Key;

    private string NextDue()
    {
        var next = _rig.Engine.NextDeadline;
        return OutcomeText.Join(
            next.TickMs == Moment.Never ? "" : $"in={next.TickMs - _rig.Now.TickMs}ms", next.UnixMs == Moment.Never ? "" : $"at={next.UnixMs - _rig.Now.UnixMs}ms");
    }
}
