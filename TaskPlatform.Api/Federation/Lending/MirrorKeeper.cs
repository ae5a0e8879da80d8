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
    // A home, or a queue, that was away for so long has had the task done by somebody else.
    private static readonly TimeSpan EndPatience = TimeSpan.FromMinutes(10);

    private readonly TimeSpan _lease = TimeSpan.FromMilliseconds(labels.LeaseMs);

    // Three reports in a lease: two may get lost.
    private readonly TimeSpan _beat = TimeSpan.FromMilliseconds(labels.LeaseMs / 3.0);

    private long? _strandedSince;
    private string? _lostBecause;

    public string Home => home.Id;

    public async Task RunAsync(CancellationToken stop)
    {
        var since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < EndPatience)
        {
            try
            {
                var owner = await load.OwnerAsync(stop);
                using var end = owner.Events.ExpectFinish(mirrorId);
                if (await StepAsync(owner, stop)) return;
                since = time.GetTimestamp();
                await PauseAsync(end.Finished, stop);
            }
            catch (QueueUnavailableException)
            {
                await Task.Delay(_beat, time, stop);
            }
        }
    }

    /// <returns>Whether there is nothing left to look after.</returns>
    private async Task<bool> StepAsync(IQueueOwner owner, CancellationToken stop)
    {
        if (await LookAsync(owner, stop) is not { } view)
        {
            // It never got here, or somebody deleted it.
            await TryReportAsync(Report(ReportVerb.Release), stop);
            return true;
        }
        if (view.Task.State.IsFinal())
        {
            await EndAsync(owner, view.Task, stop);
            return true;
        }
        if (_lostBecause is null) await BeatAsync(owner, view, stop);
        // Until it is over: a call may have got lost.
        if (_lostBecause is { } reason) await owner.SendAsync(new Command.Cancel(mirrorId, reason), CancellationToken.None);
        return false;
    }

    private async Task<TaskView?> LookAsync(IQueueOwner owner, CancellationToken stop)
        => (await owner.SendAsync(new Command.GetTask(mirrorId), stop)).Outcome is Outcome.TaskAnswer answer ? await owner.HydrateAsync(answer.View, stop) : null;

    private async Task BeatAsync(IQueueOwner owner, TaskView view, CancellationToken stop)
    {
        if (await WhyBackAsync(view, stop) is { } reason)
        {
            if (await TryReportAsync(Report(ReportVerb.Release), stop) is not null) _lostBecause = reason;
            return;
        }
        if (await TryReportAsync(BeatOf(view.Task), stop) is not { } answer) return;
        if (!answer.IsStanding) _lostBecause = $"{Home} has taken the task back.";
        else if (answer.IsCancelRequested) await owner.SendAsync(new Command.Cancel(mirrorId, $"{Home} has cancelled the task."), CancellationToken.None);
    }

    /// <summary>Why the home had better do it itself; null: it need not.</summary>
    private async Task<string?> WhyBackAsync(TaskView view, CancellationToken stop)
    {
        if (view.Task.State == TaskState.Waiting || !view.Children.IsEmpty) return "It asks or adds tasks, for which its home alone has the means.";
        var isStranded = view.Task.State == TaskState.Pending && !(await load.LookAsync(stop)).Queue.Able.Contains(view.Task.Type);
        if (!isStranded) _strandedSince = null;
        else if ((_strandedSince ??= time.GetTimestamp()) is var since && time.GetElapsedTime(since) >= _lease) return "Nobody here can do it any more.";
        return null;
    }

    private LeaseReport BeatOf(TaskItem mirror) => !mirror.State.IsLeased() ? Report(ReportVerb.Waiting) : Report(ReportVerb.Heartbeat) with
    {
        Progress = mirror.Progress,
        Message = mirror.Message,
        Checkpoint = mirror.Checkpoint.IsEmpty ? null : mirror.Checkpoint.ToArray(),
    };

    /// <summary>The home is told how it ended, then the mirror is not needed any more: what is left of it would be a copy of somebody else's work.</summary>
    private async Task EndAsync(IQueueOwner owner, TaskItem mirror, CancellationToken stop)
    {
        var since = time.GetTimestamp();
        var answer = (ReportAnswer?)null;
        while (_lostBecause is null && answer is null && time.GetElapsedTime(since) < EndPatience)
        {
            answer = await TryReportAsync(EndOf(mirror), stop);
            if (answer is null) await Task.Delay(_beat, time, stop);
        }
        Log.Returned(logger, labels.TaskId, Home, Words.Of(mirror.State), answer is { IsStanding: true });
        // What its agent has added to it is cancelled with it, and may take a moment.
        while ((await owner.SendAsync(new Command.Delete(mirrorId), CancellationToken.None)).Outcome is Outcome.Refused { Refusal.Name: Refusal.TaskUnfinished }
            && time.GetElapsedTime(since) < EndPatience)
        {
            await Task.Delay(_beat, time, stop);
        }
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
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            Log.NotReported(logger, labels.TaskId, Home, failure.Message);
            return null;
        }
    }

    private async Task PauseAsync(Task finished, CancellationToken stop)
    {
        try
        {
            await finished.WaitAsync(_beat, time, stop);
        }
        catch (TimeoutException)
        {
            // Time for a report.
        }
    }
}
