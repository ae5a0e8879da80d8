using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

public sealed partial class TaskPlatformClient
{
    /// <summary>Submits a task.</summary>
    /// <param name="queue">The queue; it exists once it is used.</param>
    /// <param name="task">The task.</param>
    /// <param name="idempotencyKey">
    /// Give the same key to repeat a submit of an earlier run of your program; unset: one is made for this call.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting; the task may have been taken.</param>
    public async Task<TaskInfo> SubmitAsync(
        string queue, SubmitTask task, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{QueuePath(queue)}/tasks",
            task,
            WireJson.Default.SubmitTask,
            WireJson.Default.TaskInfo,
            idempotencyKey,
            cancellationToken)).OrThrow();

    /// <summary>Submits tasks, each for itself: look at each outcome.</summary>
    /// <inheritdoc cref="SubmitAsync" path="/param"/>
    public async Task<IReadOnlyList<BatchOutcome>> SubmitBatchAsync(
        string queue, IReadOnlyList<SubmitTask> tasks, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{QueuePath(queue)}/tasks/batch",
            new SubmitBatchRequest { Tasks = tasks },
            WireJson.Default.SubmitBatchRequest,
            WireJson.Default.BatchReply,
            idempotencyKey,
            cancellationToken)).OrThrow().Outcomes;

    /// <summary>Submits tasks that depend on each other, all or none; with a budget for what all of them, and the tasks that they add, may use together.</summary>
    /// <inheritdoc cref="SubmitAsync" path="/param"/>
    public async Task<GraphReply> SubmitGraphAsync(
        string queue, IReadOnlyList<SubmitTask> tasks, string? idempotencyKey = null, TaskUsage? budget = null,
        CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{QueuePath(queue)}/graphs",
            new SubmitGraphRequest { Tasks = tasks, Budget = budget },
            WireJson.Default.SubmitGraphRequest,
            WireJson.Default.GraphReply,
            idempotencyKey,
            cancellationToken)).OrThrow();

    /// <summary>The task; with a wait (up to 60 s) when it has finished or the wait is over.</summary>
    public async Task<TaskInfo> GetAsync(string queue, string taskId, TimeSpan wait = default, CancellationToken cancellationToken = default) =>
        (await GetAsync(TaskPath(queue, taskId) + WaitQuery(CheckWait(wait)), WireJson.Default.TaskInfo, cancellationToken, wait)).OrThrow();

    /// <summary>A task's result; JSON <c>null</c> as long as it has none.</summary>
    public async Task<RawJson> GetResultAsync(string queue, string taskId, CancellationToken cancellationToken = default) =>
        (await GetAsync($"{TaskPath(queue, taskId)}/result", WireJson.Default.RawJson, cancellationToken)).OrThrow();

    /// <summary>The tasks that match, newest first, fetched page by page.</summary>
    public IAsyncEnumerable<TaskInfo> ListAsync(string queue, TaskQuery? query = null, CancellationToken cancellationToken = default) =>
        EachAsync(
            cursor => $"{QueuePath(queue)}/tasks{(query ?? new TaskQuery()).ToQueryString(cursor)}",
            WireJson.Default.TaskList, page => (page.Tasks, page.NextCursor), cancellationToken);

    /// <summary>Cancels a task: at once when nobody holds it, else its agent is asked to stop.</summary>
    public async Task<TaskInfo> CancelAsync(
        string queue, string taskId, string? reason = null, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{TaskPath(queue, taskId)}/cancel",
            new CancelRequest { Reason = reason },
            WireJson.Default.CancelRequest,
            WireJson.Default.TaskInfo,
            key: null,
            cancellationToken)).OrThrow();

    /// <summary>Answers a task's question, or lets a task go on that waits for a budget.</summary>
    /// <exception cref="TaskPlatformException"><see cref="ProblemTypes.NotWaiting"/>, <see cref="ProblemTypes.TaskFinished"/>.</exception>
    public async Task<TaskInfo> AnswerAsync(string queue, string taskId, RawJson answer, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{TaskPath(queue, taskId)}/answer",
            new AnswerRequest { Answer = answer },
            WireJson.Default.AnswerRequest,
            WireJson.Default.TaskInfo,
            key: null,
            cancellationToken)).OrThrow();

    /// <summary>Has a task that failed or was cancelled tried anew, with what its failure cancelled.</summary>
    /// <exception cref="TaskPlatformException"><see cref="ProblemTypes.TaskFinished"/>: it has completed.</exception>
    public async Task<TaskInfo> RetryAsync(string queue, string taskId, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{TaskPath(queue, taskId)}/retry",
            new CancelRequest(), // an empty object
            WireJson.Default.CancelRequest,
            WireJson.Default.TaskInfo,
            key: null,
            cancellationToken)).OrThrow();

    /// <summary>Changes the priority, date or labels of a task that is not over.</summary>
    /// <exception cref="TaskPlatformException"><see cref="ProblemTypes.TaskFinished"/>.</exception>
    public async Task<TaskInfo> PatchAsync(string queue, string taskId, PatchTask patch, CancellationToken cancellationToken = default) =>
        (await ExchangeAsync(
            new HttpRequestMessage(HttpMethod.Patch, TaskPath(queue, taskId)) { Content = Content(patch, WireJson.Default.PatchTask) },
            Rule(),
            WireJson.Default.TaskInfo,
            cancellationToken)).OrThrow();

    /// <summary>Deletes a task that is over; for a day it is remembered that there was one.</summary>
    /// <returns>Whether it was there; false when it had been deleted before.</returns>
    /// <exception cref="TaskPlatformException"><see cref="ProblemTypes.TaskUnfinished"/>: it, or one that needs it, is not over.</exception>
    public Task<bool> DeleteAsync(string queue, string taskId, CancellationToken cancellationToken = default) =>
        TryDeleteAsync(TaskPath(queue, taskId), ProblemTypes.TaskPurged, cancellationToken);

    /// <summary>Why a task is where it is.</summary>
    public async Task<WhyInfo> WhyAsync(string queue, string taskId, CancellationToken cancellationToken = default) =>
        (await GetAsync($"{TaskPath(queue, taskId)}/why", WireJson.Default.WhyInfo, cancellationToken)).OrThrow();

    /// <summary>A graph as it stands.</summary>
    public async Task<GraphInfo> GetGraphAsync(string queue, string graphId, CancellationToken cancellationToken = default) =>
        (await GetAsync($"{QueuePath(queue)}/graphs/{Segment(graphId)}", WireJson.Default.GraphInfo, cancellationToken)).OrThrow();

    /// <summary>Cancels what of a graph has not finished.</summary>
    public async Task<GraphInfo> CancelGraphAsync(
        string queue, string graphId, string? reason = null, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{QueuePath(queue)}/graphs/{Segment(graphId)}/cancel",
            new CancelRequest { Reason = reason },
            WireJson.Default.CancelRequest,
            WireJson.Default.GraphInfo,
            key: null,
            cancellationToken)).OrThrow();
}
