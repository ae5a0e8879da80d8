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

    private static string Describe(ScenarioLine line, Outcome outcome) => outcome switch
    {
        Outcome.Refused { Refusal: var refusal } => Join("refused", refusal.Name, string.Join(' ', refusal.Ids)),
        Outcome.TaskAnswer answer => Join(Words.Of(answer.View.Task.State), line.Words[0] == "submit" && !answer.IsNew ? "repeat" : ""),
        Outcome.GraphAnswer answer => Join(Members(answer.View), line.Words[0] == "graph" && !answer.IsNew ? "repeat" : "", Path(line, answer.View)),
        Outcome.Claimed claimed => Ids(claimed),
        Outcome.Parked => "waits",
        Outcome.Extended extended => Join($"{extended.LeaseMs}ms", extended.CancelRequested ? "cancel" : ""),
        Outcome.Page page => Join(string.Join(' ', page.Tasks.Select(view => view.Task.Id)), page.Next is { } next ? $"next={next}" : ""),
        Outcome.AgentList list => string.Join(' ', list.Agents.Select(Describe)),
        Outcome.QueueAnswer answer => Describe(answer.View),
        Outcome.Done => "done",
        _ => throw new InvalidOperationException($"Nothing says how to write {outcome}."),
    };

    private static string Join(params ReadOnlySpan<string> words) => string.Join(' ', words.ToArray().Where(word => word.Length > 0));

    private static string Members(GraphView graph) => string.Join(' ', graph.Tasks.Select(view => $"{view.Task.Id}={Words.Of(view.Task.State)}"));

    private static string Path(ScenarioLine line, GraphView graph)
        => line.Words[0] == "get-graph" ? $"path={string.Join('>', graph.CriticalPath)}" : "";

    private static string Ids(Outcome.Claimed claimed)
        => claimed.Grants.IsEmpty ? "none" : string.Join(' ', claimed.Grants.Select(view => view.Task.Id));

    private static string Describe(AgentItem agent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{agent.Id} load={agent.Instances.Values.Sum(instance => instance.Load)} rate={agent.SuccessRate:0.###} mean={agent.MeanSeconds:0.###} total={agent.TotalTasks}")
        + (agent.IsDraining ? " draining" : "");

    private static string Describe(QueueView queue) => Join(
        string.Join(' ', queue.Counts.Select((count, state) => (count, state)).Where(pair => pair.count > 0)
            .Select(pair => $"{Words.Of((TaskState)pair.state)}={pair.count}")),
        queue.Settings.Paused ? "paused" : "",
        queue.Settings.PausedTypes.IsEmpty ? "" : $"paused={string.Join(',', queue.Settings.PausedTypes)}");

    /// <summary>Looks at a task's fields: <c>expect a state=pending error=lease-lost</c>.</summary>
    private string Expect(ScenarioLine line)
    {
        var view = Assert.IsType<Outcome.TaskAnswer>(_rig.Engine.Apply(new Command.GetTask(line.Subject), _rig.Now)).View;
        foreach (var (name, value) in line.Values) Assert.Equal($"{name}={value}", $"{name}={Field(view, name)}");
        return "done";
    }

    private string Field(TaskView view, string name)
    {
        var task = view.Task;
        return name switch
        {
            "state" => Words.Of(task.State),
            "attempt" => Text(task.Attempt),
            "used" => Text(task.AttemptsUsed),
            "requeues" => Text(task.Requeues),
            "losses" => Text(task.Losses),
            "error" => task.Error?.Type ?? "none",
            "agent" => task.AssignedAgent ?? "none",
            "progress" => Text(task.Progress ?? -1),
            "message" => task.Message ?? "none",
            "checkpoint" => Encoding.UTF8.GetString(task.Checkpoint.Span),
            "result" => task.ResultBytes < 0 ? "none" : Encoding.UTF8.GetString(_rig.Shelf.Result(task.Id).Span),
            "tokens" => Text(task.UsedTokens),
            "cost" => Text(task.UsedCost),
            "asked" => task.CancelRequested ? "yes" : "no",
            "reason" => task.CancelReason ?? "none",
            "by" => task.CancelledBy ?? "none",
            "attempts" => string.Join(',', task.Attempts.Select(attempt => $"{attempt.Attempt}:{attempt.Outcome}")),
            "waits" => view.WaitingFor.IsEmpty ? "none" : string.Join(',', view.WaitingFor),
            "inputs" => view.Inputs.IsEmpty ? "none" : string.Join(',', view.Inputs.Select(input => $"{input.Id}:{input.Bytes}")),
            "backoff" => $"{task.BackoffMs}ms",
            "kept" => task.Body is null ? "no" : "yes",
            _ => throw new FormatException($"'{name}' is no field."),
        };
    }

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
        var answers = _rig.Answers.Skip(_answersSeen).Select(pair => $"{NameOf(pair.Claim)}:{Ids(pair.Answer).Replace(' ', ',')}");
        var text = string.Join(' ', answers);
        foreach (var (_, answer) in _rig.Answers.Skip(_answersSeen)) Remember(answer);
        _answersSeen = _rig.Answers.Count;
        return text.Length == 0 ? "none" : text;
    }

    private string NameOf(Command.Claim claim) => _waiting.First(pair => ReferenceEquals(pair.Value, claim)).Key;

    private string NextDue()
    {
        var next = _rig.Engine.NextDeadline;
        return Join(
            next.TickMs == Moment.Never ? "" : $"in={next.TickMs - _rig.Now.TickMs}ms", next.UnixMs == Moment.Never ? "" : $"at={next.UnixMs - _rig.Now.UnixMs}ms");
    }
}
