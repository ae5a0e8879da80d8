using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Reads a task, at once or when it is finished.</summary>
/// <param name="owner">Who decides for its queue.</param>
/// <param name="time">The clock of the wait.</param>
internal sealed class TaskWait(IQueueOwner owner, TimeProvider time)
{
    /// <summary>The task; after the wait as it is then.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="wait">How long to wait for its end; zero: not at all.</param>
    /// <param name="callerGone">Nobody waits any more.</param>
    /// <exception cref="RequestRefusedException">There is no such task.</exception>
    /// <exception cref="QueueUnavailableException">There is no answer.</exception>
    public async Task<TaskView> GetAsync(string taskId, TimeSpan wait, CancellationToken callerGone)
    {
        if (wait == TimeSpan.Zero) return await ReadAsync(taskId, callerGone);
        using var end = owner.Events.ExpectFinish(taskId);
        var view = await ReadAsync(taskId, callerGone);
        if (view.Task.State.IsFinal()) return view;
        try
        {
            await end.Finished.WaitAsync(wait, time, callerGone);
        }
        catch (TimeoutException)
        {
            // The time is over: the task is answered as it is.
        }
        return await ReadAsync(taskId, callerGone);
    }

    private async Task<TaskView> ReadAsync(string taskId, CancellationToken callerGone)
        => (await Dispatch.SendAsync<Outcome.TaskAnswer>(owner, new Command.GetTask(taskId), callerGone)).Outcome.View;
}
