using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>What the two hold, side by side.</summary>
internal sealed partial class ModelRun
{
    private void CompareAnswers()
    {
        var expected = _oracle.Answers.Select(answer => $"{Name(answer.Command)} {answer.Text}");
        var actual = _rig.Answers.Select(answer => $"{Name(answer.Command)} {OutcomeText.Of(answer.Answer, "")}");
        foreach (var (command, answer) in _rig.Answers) Log.Add($"answered: {CommandText.Of(command)} -> {OutcomeText.Of(answer, "")}");
        Demand(string.Join('\n', expected.Order(StringComparer.Ordinal)), string.Join('\n', actual.Order(StringComparer.Ordinal)), "Commands that waited");
        foreach (var (command, answer) in _rig.Answers)
        {
            if (answer is Outcome.Claimed claimed)
            {
                Count(claimed.Grants.IsEmpty ? "wait ended" : "wait answered");
                Adopt(claimed, _oracle.Answers.First(pair => ReferenceEquals(pair.Command, command)).Grants);
            }
            else if (command is Command.Claim) Count("wait agent-not-found");
            else Count($"retry brought {OutcomeText.Of(answer, "").Split(' ')[^1]}");
        }
        _rig.Answers.Clear();
        _oracle.Answers.Clear();
    }

    private static string Name(Command command) => RuntimeHelpers.GetHashCode(command).ToString(CultureInfo.InvariantCulture);

    private void CompareAll()
    {
        foreach (var task in _oracle.Tasks) Compare(task.Id);
        Demand(_oracle.Count.ToString(CultureInfo.InvariantCulture), _rig.Shelf.Tasks.ToString(CultureInfo.InvariantCulture), "The number of stored tasks");
    }

    private void Compare(string id)
    {
        if (_oracle.Find(id) is not { } expected) throw new InvalidOperationException($"{id} should not be there, and is {Words.Of(_rig.Task(id).State)}.");
        if (!_rig.Shelf.Has(id)) throw new InvalidOperationException($"{id} should be there, and be {Words.Of(expected.State)}.");
        var actual = _rig.Task(expected.Id);
        Demand(Describe(expected), Describe(actual), expected.Id);
        if (actual.CancelledBy is not { } cause || cause == expected.By) return;
        Assert.True(cause == expected.ParentId || expected.What.DependsOn.Any(edge => edge.Id == cause), $"{expected.Id} was not cancelled by {cause}.");
        expected.By = cause;
    }

    /// <summary>The states alone, which say best what went another way; leases have no tokens yet.</summary>
    private void CompareState(string id)
        => Demand(_oracle.Find(id) is { } task ? Words.Of(task.State) : "gone", Words.Of(_rig.Shelf.Task(id).State), $"{id} after the batch");

    private static string Describe(NaiveTask task) => Join(
        $"{Words.Of(task.State)} {task.Waits} {Words.Of(task.Priority)} used={task.Used} forgiven={task.Forgiven} open={task.IsOpen} requeues={task.Requeues}",
        $"losses={task.Losses} error={task.Error} agent={task.Agent} asked={task.CancelRequested} reason={task.Reason} by={task.By != "none"}",
        $"date={task.NotBefore} deadline={task.Deadline} labels={Labels(task.Labels)} graph={task.GraphId} parent={task.ParentId}",
        $"{task.Progress} {task.Message} {task.Checkpoint} result={task.Result ?? "none"} usage={task.UsedUp} backoff={task.BackoffMs}",
        $"question={task.Question?.Text} {task.Question?.Answer} raised={task.Raised} waived={task.IsWaived} routed={task.IsRerouted}",
        $"judges={task.IsVerifier} verifier={task.VerifierId} verdict={task.Verdict}",
        $"lease={task.Lease?.Token} {task.Lease?.Ends} {task.Lease?.Started} {task.Lease?.Regrants} {task.Lease?.Reserved}",
        $"{string.Join(',', task.Attempts)} {string.Join(',', task.Settled)}");

    private string Describe(TaskItem task)
    {
        var told = task.History ?? new TaskHistory();
        return Join(
            $"{Words.Of(task.State)} {told.Waits} {Words.Of(task.Priority)} used={told.AttemptsUsed} forgiven={told.AttemptsForgiven} open={told.IsAttemptOpen} requeues={told.Requeues}",
            $"losses={told.Losses} error={told.Error?.Type ?? "none"} agent={task.AssignedAgent ?? "none"} asked={told.CancelRequested} reason={told.CancelReason ?? "none"} by={told.CancelledBy is not null}",
            $"date={task.NotBeforeUnixMs} deadline={task.DeadlineUnixMs} labels={Labels(task.Labels)} graph={task.GraphId} parent={task.ParentId}",
            $"{task.Progress ?? -1} {told.Message ?? "none"} {Encoding.UTF8.GetString(told.Checkpoint.Span)} result={Result(task)} usage={told.Used} backoff={told.BackoffMs}",
            $"question={told.Question?.Text} {AnswerOf(told.Question)} raised={told.BudgetRaise} waived={told.IsBudgetWaived} routed={told.IsRerouted}",
            $"judges={task.IsVerifier} verifier={told.VerifierId} verdict={told.Verdict}",
            $"lease={task.Lease?.Token} {task.Lease?.EndsTick} {task.Lease?.StartedTick} {task.Lease?.Regrants} {task.Lease?.Reserved}",
            $"{string.Join(',', told.Attempts.Select(attempt => $"{attempt.Attempt}:{attempt.Outcome}"))} {string.Join(',', task.Settled.Select(grant => (grant.Token, grant.Verb)))}");
    }

    private static string Join(params string[] lines) => string.Join("\n          ", lines);

    private static string Labels(IEnumerable<KeyValuePair<string, string>> labels) => string.Join(',', labels.Select(label => $"{label.Key}:{label.Value}"));

    private static string? AnswerOf(TaskQuestion? question) => question is { Answer.IsEmpty: false } ? Encoding.UTF8.GetString(question.Answer.Span) : null;

    private string Result(TaskItem task) => task.ResultBytes < 0 ? "none" : Encoding.UTF8.GetString(_rig.Shelf.Result(task.Id).Span);
}
