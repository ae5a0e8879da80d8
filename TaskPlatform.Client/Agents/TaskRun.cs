using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>What the runs of one agent share.</summary>
internal sealed record RunServices(
    AgentOptions Options,
    IReadOnlyDictionary<string, HandlerInvoker> Handlers,
    TaskPlatformClient Client,
    IAgentLink Link,
    IServiceProvider Services,
    AgentTelemetry Telemetry,
    TimeProvider Time,
    ShutdownStages Shutdown,
    ILogger Log);

/// <summary>One granted task, from the grant to its settlement.</summary>
internal sealed class TaskRun(RunServices shared, TaskInfo task, LeaseInfo grant)
{
    private string Queue => shared.Options.Queue;

    public async Task RunAsync()
    {
        using var span = shared.Telemetry.Begin(shared.Options, task);
        using var scope = Log.TaskScope(shared.Log, task.Id, task.Type, Queue, task.Attempt);
        await using var lease = LeaseKeeper.Start(shared.Link, shared.Time, task, grant);
        var ending = await WorkAsync(lease, span.Activity);
        Tell(ending);
        var taken = await SettleAsync(ending, lease);
        shared.Telemetry.End(span, ending, taken);
    }

    /// <summary>The one place where what a handler throws becomes an outcome.</summary>
    private async Task<Ending> WorkAsync(LeaseKeeper lease, Activity? span)
    {
        if (!shared.Handlers.TryGetValue(task.Type, out var handler))
            return Ending.Failure("no-handler", $"Agent '{shared.Options.AgentId}' has no handler for '{task.Type}'.", retryable: true);

        using var onShutdown = shared.Shutdown.CancelHandlers.Register(() => lease.Stop(StopReason.ShuttingDown));
        var context = new TaskContext(shared.Client, Queue, task, lease, span, shared.Options.Json);
        try
        {
            // A handler that does not end when it is told to is left behind at the last moment of a shutdown.
            var result = await Task.Run(() => handler(shared.Services, context, lease.HandlerStop)).WaitAsync(shared.Shutdown.LeaveHandlers);
            return lease.Reason == StopReason.Waiting ? new Ending.Waiting() : new Ending.Completed(result);
        }
        catch (Exception e)
        {
            return lease.Reason == StopReason.Waiting ? new Ending.Waiting() : Ending.Of(e, lease);
        }
    }

    /// <summary>Whether the service took the ending.</summary>
    private async Task<bool> SettleAsync(Ending ending, LeaseKeeper lease)
    {
        // The service gives running leases their full time again after it was away, so one more length is worth trying.
        var retryFor = lease.Left + lease.Length;
        if (Settlement(ending, lease) is not { } settlement) return false;
        var refusal = await SendAsync(ending, settlement, retryFor);
        if (ending is Ending.Completed && refusal is { IsOutcomeUnknown: false } && !IsLeaseGone(refusal))
        {
            // The result itself is refused, for example as too large: another attempt would end the same way.
            var failure = Ending.Failure("result-refused", refusal.Message, retryable: false, cause: refusal);
            Tell(failure);
            refusal = await SendAsync(failure, Settlement(failure, lease)!, retryFor);
        }

        if (refusal is not null) shared.Log.SettlementNotTaken(task.Id, ending.Name, refusal.Message);
        return refusal is null;
    }

    /// <summary>What is to be sent; null when there is nothing.</summary>
    private Settlement? Settlement(Ending ending, LeaseKeeper lease)
    {
        var settlement = new Settlement { Id = task.Id, LeaseToken = lease.LeaseToken };
        return ending switch
        {
            Ending.Completed done => settlement with { Complete = new CompleteRequest { Result = done.Result } },
            Ending.Failed failed => settlement with { Fail = new FailRequest { Error = failed.Error, RetryAfterSeconds = failed.RetryAfter?.TotalSeconds } },
            Ending.Released => settlement with { Release = new ReleaseRequest() },
            Ending.Lost or Ending.Waiting => null,
            _ => throw new UnreachableException($"An ending of an unknown kind: {ending}"),
        };
    }

    /// <summary>Why the service did not take it; null when it did.</summary>
    private async Task<TaskPlatformException?> SendAsync(Ending ending, Settlement settlement, TimeSpan retryFor)
    {
        var stop = shared.Shutdown.StopSettling;
        try
        {
            return await shared.Link.SettleAsync(settlement, retryFor, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new TaskPlatformException($"{ending.Name}: the agent had to stop before the service answered.", null, null, null);
        }
    }

    private static bool IsLeaseGone(TaskPlatformException refusal) => refusal.Status
        is System.Net.HttpStatusCode.Conflict or System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Gone;

    private void Tell(Ending ending)
    {
        switch (ending)
        {
            case Ending.Completed: shared.Log.AttemptCompleted(task.Id, task.Type, task.Attempt); break;
            case Ending.Failed failed: shared.Log.AttemptFailed(failed.Cause, task.Id, task.Type, task.Attempt, failed.Error.Type); break;
            case Ending.Released released: shared.Log.TaskReleased(task.Id, task.Type, released.Reason); break;
            case Ending.Waiting: shared.Log.TaskWaits(task.Id, task.Type); break;
            case Ending.Lost lost: shared.Log.LeaseGone(task.Id, task.Type, lost.Reason); break;
        }
    }
}
