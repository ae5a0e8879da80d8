using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>What callers saw of tasks.</summary>
internal sealed partial class Checker
{
    private static IEnumerable<string> Submitted(Command command) => command switch
    {
        Command.Submit submit => [submit.Task.Id],
        Command.SubmitGraph submit => submit.Tasks.Select(task => task.Id),
        Command.AddChildren add => add.Tasks.Select(task => task.Id),
        _ => [],
    };

    /// <summary>The grant that a command settles, and how.</summary>
    private static (string Id, UInt128 Token, SettleVerb Verb)? Settles(Command command) => command switch
    {
        Command.Complete complete => (complete.TaskId, complete.Token, SettleVerb.Complete),
        Command.Fail fail => (fail.TaskId, fail.Token, SettleVerb.Fail),
        Command.Release release => (release.TaskId, release.Token, SettleVerb.Release),
        _ => null,
    };

    /// <summary>Whoever asks after an acknowledgement sees what was acknowledged.</summary>
    private void CheckReads()
    {
        var submitted = FirstAcknowledged(Submitted);
        var completed = FirstAcknowledged(command => command is Command.Complete complete && !IsJudged(complete.TaskId) ? [complete.TaskId] : []);
        foreach (var read in history.Seen.Where(seen => seen is { Command: Command.GetTask, Outcome: not null }))
        {
            var id = ((Command.GetTask)read.Command).TaskId;
            var state = (read.Outcome as Outcome.TaskAnswer)?.View.Task.State;
            if (state is null && submitted.TryGetValue(id, out var at) && at < read.SentMs) Report(FindingKind.Stale, $"{id} was not found after its submit");
            if (state != TaskState.Completed && completed.TryGetValue(id, out at) && at < read.SentMs)
                Report(FindingKind.Stale, $"{id} was {state} after it had been completed");
        }
    }

    private Dictionary<string, long> FirstAcknowledged(Func<Command, IEnumerable<string>> idsOf)
    {
        var first = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var seen in Answered.OrderBy(seen => seen.OverMs))
        {
            foreach (var id in idsOf(seen.Command)) first.TryAdd(id, seen.OverMs);
        }
        return first;
    }

    private void CheckGrants()
    {
        CheckSettlements();
        if (!history.StoreWentBack)
        {
            CheckOverlaps();
            CheckRejoins();
        }
        foreach (var task in history.Attempted.Values)
        {
            if (!committed.Grants.TryGetValue(task.Id, out var grants)) continue;
            foreach (var edge in task.DependsOn.Where(edge => edge.On == EdgeKind.Success))
            {
                if (committed.Since(Committed.Completed(edge.Id)) is not { } done || done.Step > grants[0].By.Step)
                    Report(FindingKind.TooEarly, $"{task.Id} was handed out before {edge.Id} had completed");
            }
        }
    }

    /// <summary>A grant shows the checkpoint of an earlier attempt and the results of what the task depends on.</summary>
    private void CheckViews()
    {
        var checkpoints = history.Seen.Select(seen => seen.Command).OfType<Command.Heartbeat>().Where(beat => beat.Checkpoint is not null)
            .Select(beat => (beat.TaskId, Text(beat.Checkpoint!.Value))).ToHashSet();
        foreach (var view in history.Seen.Select(seen => seen.Outcome).OfType<Outcome.Claimed>().SelectMany(claimed => claimed.Grants))
        {
            var (task, shown) = (view.Task, view.Inputs.Select(input => input.Id).ToHashSet(StringComparer.Ordinal));
            if (!task.Checkpoint.IsEmpty && !checkpoints.Contains((task.Id, Text(task.Checkpoint))))
                Report(FindingKind.Unexpected, $"the checkpoint {Text(task.Checkpoint)} of {task.Id}, which nobody reported");
            foreach (var edge in task.DependsOn.Where(edge => edge.On == EdgeKind.Success && !shown.Contains(edge.Id)))
                Report(FindingKind.Lost, $"the result of {edge.Id} was not shown to whoever got {task.Id}");
        }
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private void CheckSettlements()
    {
        var accepted = Promised.Select(seen => Settles(seen.Command)).OfType<(string Id, UInt128 Token, SettleVerb Verb)>().ToHashSet();
        foreach (var twice in accepted.GroupBy(settled => (settled.Id, settled.Token)).Where(grant => grant.Count() > 1))
            Report(FindingKind.SettledTwice, $"{twice.Key.Id} with {twice.Key.Token:x}: {string.Join(" and ", twice.Select(settled => settled.Verb))}");
        foreach (var twice in accepted.Where(settled => settled.Verb == SettleVerb.Complete && !IsJudged(settled.Id)).GroupBy(settled => settled.Id).Where(task => task.Count() > 1))
            Report(FindingKind.Duplicated, $"{twice.Key} was completed with {string.Join(" and ", twice.Select(settled => settled.Token.ToString("x")))}");
    }

    /// <summary>Whoever beat all the time and could be heard keeps its lease, whatever happens to the service and its store.</summary>
    private void CheckKept()
    {
        foreach (var seen in history.Seen.Where(seen => seen.Outcome is Outcome.Refused))
        {
            var (id, token) = seen.Command is Command.Heartbeat beat ? (beat.TaskId, beat.Token) : Settles(seen.Command) is { } settles ? (settles.Id, settles.Token) : ("", 0);
            if (history.Kept.Contains(token)) Report(FindingKind.TakenAway, $"{id} with {token:x}: {SeenWords.Of(seen.Outcome)} to {SeenWords.Of(seen.Command)}");
        }
    }

    private void CheckEnd(Dictionary<string, FinalTask> final)
    {
        foreach (var (id, task) in final)
        {
            if (!history.Attempted.ContainsKey(id) && !IsVerifierOfAny(id)) Report(FindingKind.Unexpected, $"{id}, which nobody submitted");
            if (!task.State.IsFinal()) Report(FindingKind.Stuck, $"{id} is {task.State}: {task.Why}");
        }
        CheckVerdicts(final);
        foreach (var seen in Promised)
        {
            foreach (var id in Submitted(seen.Command).Where(id => !final.ContainsKey(id))) Report(FindingKind.Lost, $"{id} was acknowledged at {seen.OverMs} ms and is not there");
            if (seen.Command is Command.Complete complete && !IsJudged(complete.TaskId)) CheckResult(complete, final.GetValueOrDefault(complete.TaskId));
        }
        var handedIn = history.Seen.Select(seen => seen.Command).OfType<Command.Complete>().Select(complete => (complete.TaskId, Text(complete.Result!.Value))).ToHashSet();
        foreach (var (id, task) in final.Where(task => task.Value.State == TaskState.Completed && !handedIn.Contains((task.Key, task.Value.Result))))
            Report(FindingKind.Unexpected, $"the result {task.Result} of {id}, which nobody handed in");
    }

    private void CheckResult(Command.Complete complete, FinalTask? task)
    {
        if (task is { State: TaskState.Completed } && task.Result == Text(complete.Result!.Value)) return;
        Report(FindingKind.Lost, $"the completion of {complete.TaskId} with {complete.Token:x}: it is {task?.State} with {task?.Result}");
    }
}
