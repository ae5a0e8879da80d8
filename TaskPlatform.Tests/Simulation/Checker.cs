using System.Collections.Immutable;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Simulation;

/// <summary>
/// Compares what callers saw with what became of it, in the manner of Jepsen's total-queue checker. Where the store itself lost what nobody could send
/// again, only the promises of its last owner count, and histories must not be mixed.
/// </summary>
internal sealed partial class Checker(History history, Committed committed)
{
    private readonly List<Finding> _findings = [];

    private IEnumerable<Seen> Answered => history.Seen.Where(seen => seen.Outcome is not (null or Outcome.Refused));

    private IEnumerable<Seen> Promised => history.StoreWentBack ? Answered.Where(seen => seen.Owner == history.LastOwner) : Answered;

    public IReadOnlyList<Finding> Check(
        MemoryContent content, IReadOnlyDictionary<string, ImmutableList<(string OwnerId, CommitBatch Batch)>> foundBy)
    {
        CheckHistory(content, foundBy);
        foreach (var told in history.Told) CheckCommitted(told);
        CheckCallers();
        return _findings;
    }

    /// <summary>The same from what callers saw alone, of tasks that are to complete however often they must be tried.</summary>
    public IReadOnlyList<Finding> CheckCalls()
    {
        CheckCallers();
        CheckKept();
        foreach (var (id, task) in (history.Final ?? []).Where(task => task.Value.State is TaskState.Failed or TaskState.Cancelled))
            Report(FindingKind.Stuck, $"{id} is {task.State} and had attempts left");
        return _findings;
    }

    private void CheckCallers()
    {
        foreach (var trouble in history.Troubles) Report(FindingKind.Stopped, trouble);
        CheckGrants();
        CheckViews();
        CheckJudgedResults();
        if (!history.StoreWentBack) CheckReads();
        if (history.Final is { } final) CheckEnd(final);
    }

    private void Report(FindingKind kind, string what) => _findings.Add(new Finding(kind, what));

    /// <summary>Each batch stands behind exactly those that its owner had loaded or written, and all together are what is stored.</summary>
    private void CheckHistory(
        MemoryContent content, IReadOnlyDictionary<string, ImmutableList<(string OwnerId, CommitBatch Batch)>> foundBy)
    {
        var written = content.Written;
        for (var index = 0; index < written.Count; index++)
        {
            var before = foundBy[written[index].OwnerId];
            var isNext = index == 0 || written[index - 1].OwnerId == written[index].OwnerId ? index >= before.Count : index == before.Count;
            var follows = index != before.Count || index == 0 || ReferenceEquals(written[index - 1].Batch, before[^1].Batch);
            if (isNext && follows && written[index].Batch.Sequence == index + 1) continue;
            Report(FindingKind.Mixed, $"batch {written[index].Batch.Sequence} of {written[index].OwnerId} at place {index + 1}, whose owner had found {before.Count}");
        }
        var sum = written.Aggregate(MemoryContent.Nothing, (sum, next) => sum.With(next.Batch));
        if (!sum.Tasks.Keys.SequenceEqual(content.Tasks.Keys) || !sum.Tasks.Values.SequenceEqual(content.Tasks.Values))
            Report(FindingKind.Mixed, "what is stored is not the sum of its batches");
    }

    private void CheckCommitted(Told told)
    {
        if (told.Outcome is Outcome.Refused) return;
        foreach (var fact in Facts(told.Command, told.Outcome))
        {
            if (committed.Since(fact) is { } at && at.Step <= told.Step) continue;
            Report(FindingKind.Uncommitted, $"'{fact}' was told at step {told.Step} and stored {(committed.Since(fact) is { } later ? $"at {later.Step}" : "never")}");
        }
    }

    /// <summary>What must stand in the store for the answer to be given.</summary>
    private static IEnumerable<string> Facts(Command command, Outcome outcome) => (command, outcome) switch
    {
        (Command.Submit submit, _) => [Committed.Known(submit.Task.Id)],
        (Command.SubmitGraph submit, _) => submit.Tasks.Select(task => Committed.Known(task.Id)),
        (_, Outcome.Claimed claimed) => claimed.Grants.Select(grant => Committed.Leased(grant.Task.Id, grant.Task.Lease!.Token)),
        (_, Outcome.Rejoined rejoined) => rejoined.Standing.Select(standing => Committed.Leased(standing.Grant.TaskId, standing.Grant.Token)),
        (Command.Heartbeat { Checkpoint: not null } beat, _) => [Committed.Checkpointed(beat.TaskId)],
        (Command.Complete complete, _) => [Committed.Settled(complete.TaskId, complete.Token, SettleVerb.Complete)],
        (Command.Fail fail, _) => [Committed.Settled(fail.TaskId, fail.Token, SettleVerb.Fail)],
        (Command.Release release, _) => [Committed.Settled(release.TaskId, release.Token, SettleVerb.Release)],
        (Command.AddChildren add, _) => add.Tasks.Select(task => Committed.Known(task.Id)),
        (Command.GetTask get, Outcome.TaskAnswer { View.Task.State: TaskState.Completed }) => [Committed.Known(get.TaskId), Committed.Completed(get.TaskId)],
        (Command.GetTask get, Outcome.TaskAnswer) => [Committed.Known(get.TaskId)],
        _ => [],
    };
}
