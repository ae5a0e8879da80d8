using System.Collections.Concurrent;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>
/// The peer's side: a task that was lent to this node stands in its queue as an ordinary task, its mirror, and each mirror has a keeper that reports to its home. The mirror gets one
/// attempt: whether there is another one, and where, its home decides.
/// </summary>
internal sealed class Mirrors(NodeLoad load, PeerDirectory peers, PeerClient client, TimeProvider time, ILogger<Mirrors> logger)
{
    private const int PageTasks = 1_000;

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, Task> _keepers = new(StringComparer.Ordinal);

    /// <summary>Takes a task in; false: it is none that is taken here, or the queue does not take it.</summary>
    public async Task<bool> TryTakeAsync(FederationMember home, LentTask task)
    {
        if (!ForeignRules.IsSound(task) || !load.Types.Contains(task.Type)) return false;
        var labels = new MirrorLabels(home.Id, task.TaskId, task.Token, task.LeaseMs, task.Cap);
        var mirror = Submission(task, labels);
        var isThere = await TrySubmitAsync(mirror);
        // Where there was no answer it may be there all the same: its keeper finds that out, and that the lease is gone.
        if (isThere != false) Keep(mirror.Id, home, labels);
        if (isThere != true) return false;
        Log.Borrowed(logger, task.TaskId, task.Type, home.Id, mirror.Id);
        LendingMetrics.Borrowed(home.Id, task.Type);
        return true;
    }

    /// <summary>Null: no answer.</summary>
    private async Task<bool?> TrySubmitAsync(TaskSubmission mirror)
    {
        try
        {
            var owner = await load.OwnerAsync(_stopping.Token);
            return (await owner.SendAsync(new Command.Submit(mirror) { IsBrief = true }, CancellationToken.None)).Outcome is not Outcome.Refused;
        }
        catch (QueueUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Goes on with the mirrors that another process left when it decided for the queue; those of nodes that are admitted no more are cancelled.</summary>
    /// <exception cref="QueueUnavailableException">Nobody here decides for the queue now.</exception>
    public async Task ResumeAsync(IQueueOwner owner, CancellationToken cancellationToken)
    {
        for (long? before = long.MaxValue; before is { } next;)
        {
            var list = new Command.ListTasks(TaskFilter.Any with { LabelName = FederationMarks.HomeLabel }, PageTasks, next);
            var page = (Outcome.Page)(await owner.SendAsync(list, cancellationToken)).Outcome;
            foreach (var view in page.Tasks)
            {
                if (MirrorLabels.Read(view.Task) is not { } labels) continue;
                if (peers.Find(labels.Home) is { } home) Keep(view.Task.Id, home, labels);
                else await owner.SendAsync(new Command.Cancel(view.Task.Id, $"'{labels.Home}' belongs to the federation no more."), cancellationToken);
            }
            before = page.Next;
        }
    }

    /// <summary>Ends the keepers; the mirrors stay, and the next process goes on with them.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_keepers.Values);
    }

    private void Keep(string mirrorId, FederationMember home, MirrorLabels labels)
    {
        var keeper = new MirrorKeeper(mirrorId, home, labels, load, client, time, logger);
        // The task is entered before it can end, since it begins only then.
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_keepers.TryAdd(mirrorId, RunAsync(begin.Task, keeper, mirrorId))) begin.SetResult();
    }

    private async Task RunAsync(Task begin, MirrorKeeper keeper, string mirrorId)
    {
        await begin;
        try
        {
            await keeper.RunAsync(_stopping.Token);
        }
        catch (Exception failure)
        {
            // When the service stops the next one goes on.
            if (!_stopping.IsCancellationRequested) Log.KeeperBroke(logger, mirrorId, keeper.Home, failure);
        }
        finally
        {
            _keepers.TryRemove(mirrorId, out _);
        }
    }

    private static TaskSubmission Submission(LentTask task, MirrorLabels labels)
    {
        var submission = new TaskSubmission
        {
            Id = TaskReader.NewId(),
            Type = task.Type,
            Priority = (TaskPriority)Math.Clamp(task.Priority, (int)TaskPriority.Critical, (int)TaskPriority.Low),
            Labels = labels.Write(),
            Body = new TaskBody
            {
                Description = task.Description,
                Payload = task.Payload,
                Traceparent = task.Traceparent,
                Policy = new TaskPolicy { MaxAttempts = 1, LeaseMs = task.AgentLeaseMs, AttemptTimeoutMs = task.AttemptTimeoutMs, StallMs = task.StallMs },
            },
        };
        return submission with { Fingerprint = Fingerprint.Of(submission) };
    }
}
