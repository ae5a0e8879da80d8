using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>
/// Looks after one mirror until its home knows how it ended: holds the lease, passes progress on, and deletes the mirror. Whatever is said goes by the lease's token, so that a home which
/// has given the task to somebody else meanwhile takes nothing more of this one.
/// </summary>
internal sealed class MirrorKeeper(
    string mirrorId, FederationMember home, MirrorLabels labels, NodeLoad load, PeerClient client, TimeProvider time, ILogger logger)
{
    // A home that was away for so long has had the task done by somebody else.
    private static readonly TimeSpan EndPatience = TimeSpan.FromMinutes(10);

    // Three reports in a lease: two may get lost.
    private readonly TimeSpan _beat = TimeSpan.FromMilliseconds(labels.LeaseMs / 3.0);

    private bool _isLost;

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var owner = await load.OwnerAsync(stop);
                using var end = owner.Events.ExpectFinish(mirrorId);
                if (await LookAsync(owner, stop) is not { } mirror) return;
                if (mirror.State.IsFinal())
                {
                    await EndAsync(owner, mirror, stop);
                    return;
                }
                if (!_isLost) await BeatAsync(owner, mirror, stop);
                await PauseAsync(end.Finished, stop);
            }
            catch (QueueUnavailableException)
            {
                await Task.Delay(_beat, time, stop);
            }
        }
    }

    /// <summary>Null: somebody deleted it here. Its home's lease ends by itself.</summary>
    private async Task<TaskItem?> LookAsync(IQueueOwner owner, CancellationToken stop)
        => (await owner.SendAsync(new Command.GetTask(mirrorId), stop)).Outcome is Outcome.TaskAnswer answer
            ? (await owner.HydrateAsync(answer.View, stop))?.Task
            : null;

    private async Task BeatAsync(IQueueOwner owner, TaskItem mirror, CancellationToken stop)
    {
        var report = Report(ReportVerb.Heartbeat) with
        {
            Progress = mirror.Progress,
            Message = mirror.Message,
            Checkpoint = mirror.Checkpoint.IsEmpty ? null : mirror.Checkpoint.ToArray(),
        };
        if (await TryReportAsync(report, stop) is not { } answer) return;
        if (answer is { IsStanding: true, IsCancelRequested: false }) return;
        _isLost = !answer.IsStanding;
        var reason = _isLost ? $"{home.Id} has taken the task back." : $"{home.Id} has cancelled the task.";
        await owner.SendAsync(new Command.Cancel(mirrorId, reason), CancellationToken.None);
    }

    /// <summary>The home is told how it ended, then the mirror is not needed any more: what is left of it would be a copy of somebody else's work.</summary>
    private async Task EndAsync(IQueueOwner owner, TaskItem mirror, CancellationToken stop)
    {
        var since = time.GetTimestamp();
        var isCounted = false;
        while (!_isLost && time.GetElapsedTime(since) < EndPatience)
        {
            if (await TryReportAsync(EndOf(mirror), stop) is { } answer)
            {
                (isCounted, _isLost) = (answer.IsStanding, true);
                break;
            }
            await Task.Delay(_beat, time, stop);
        }
        Log.Returned(logger, labels.TaskId, home.Id, Words.Of(mirror.State), isCounted);
        await owner.SendAsync(new Command.Delete(mirrorId), CancellationToken.None);
    }

    private LeaseReport EndOf(TaskItem mirror) => mirror.State switch
    {
        TaskState.Completed => WithUsage(mirror, Report(ReportVerb.Complete)) with
        {
            Result = mirror.HasResult ? mirror.Result.ToArray() : null,
            Confidence = mirror.Confidence,
        },
        TaskState.Failed => WithUsage(mirror, Report(ReportVerb.Fail)) with
        {
            ErrorType = mirror.Error?.Type,
            ErrorMessage = mirror.Error?.Message,
            IsRetryable = mirror.Error?.Retryable ?? true,
        },
        _ => Report(ReportVerb.Release),
    };

    private static LeaseReport WithUsage(TaskItem mirror, LeaseReport report)
        => mirror.History is { Used: var used } ? report with { Tokens = used.Tokens, Cost = used.Cost } : report;

    private LeaseReport Report(ReportVerb verb) => new() { TaskId = labels.TaskId, Token = labels.Token, Verb = verb };

    /// <summary>Null: the home could not be asked.</summary>
    private async Task<ReportAnswer?> TryReportAsync(LeaseReport report, CancellationToken stop)
    {
        try
        {
            return await client.ReportAsync(home, report, stop);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            Log.NotReported(logger, labels.TaskId, home.Id, failure.Message);
            return null;
        }
    }

    private async Task PauseAsync(Task finished, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(finished, Task.Delay(_beat, time, over.Token));
        await over.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }
}
