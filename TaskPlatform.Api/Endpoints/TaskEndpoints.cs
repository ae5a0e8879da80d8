using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Tasks: submit, read, cancel.</summary>
internal static class TaskEndpoints
{
    public static void MapTaskEndpoints(this IEndpointRouteBuilder app)
    {
        var tasks = Routes.Below(app, "/tasks", "Tasks");
        tasks.MapPost("", SubmitAsync).Takes<SubmitTask>()
            .Named(
                "submitTask",
                "Submits a task. A repeat of the same id and body, or of the same idempotency key, answers 200 with the first task; a uniqueKey that is "
                + "taken, with the task that has it.")
            .Refuses(
                ProblemTypes.IdConflict, ProblemTypes.UnknownDependency, ProblemTypes.CycleDetected, ProblemTypes.TaskPurged, ProblemTypes.StoreFull);
        tasks.MapGet("/{id}", GetAsync)
            .Query("waitSeconds", "Answer when the task is finished, or after this many seconds, 0 to 60.", isNumber: true)
            .Named("getTask", "A task, with everything that is known of it.")
            .Refuses(ProblemTypes.TaskNotFound, ProblemTypes.TaskPurged, ProblemTypes.QueueNotFound);
        tasks.MapGet("/{id}/result", GetResultAsync)
            .Answers(200, "application/json", "The result, as the agent gave it.")
            .Answers(204, "", "The task has no result, or none yet.")
            .Named("getResult", "A task's result alone.")
            .Refuses(ProblemTypes.TaskNotFound, ProblemTypes.TaskPurged, ProblemTypes.QueueNotFound);
        tasks.MapPost("/{id}/cancel", CancelAsync).Takes<CancelRequest>(isRequired: false)
            .Named("cancelTask", "Cancels a task: at once when no agent has it, else the agent is asked to stop.")
            .Refuses(
                ProblemTypes.TaskNotFound, ProblemTypes.TaskPurged, ProblemTypes.QueueNotFound, ProblemTypes.TaskFinished);
    }

    private static async Task<Results<Created<TaskInfo>, Ok<TaskInfo>>> SubmitAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var task = TaskReader.Read(request.Body, "", request.Errors);
        request.ThrowIfBad();
        var reply = await dispatch.SendAsync<Outcome.TaskAnswer>(request, new Command.Submit(task!));
        var answer = (await WholeAsync(reply.Owner, reply.Outcome.View, http.RequestAborted)) with { DeduplicatedBy = reply.Outcome.DeduplicatedBy };
        return reply.Outcome.IsNew ? TypedResults.Created(TaskAnswers.Address(request.Queue, answer.Id), answer) : TypedResults.Ok(answer);
    }

    private static async Task<Ok<TaskInfo>> GetAsync(HttpContext http, Dispatch dispatch, TimeProvider time)
    {
        using var request = ApiRequest.WithoutBody(http);
        var query = request.Query();
        var wait = query.Wait();
        query.RefuseUnknown();
        var id = request.Id();
        var owner = await dispatch.FindAsync(request, makesQueue: false);
        return TypedResults.Ok(await WholeAsync(owner, await new TaskWait(owner, time).GetAsync(id, wait, http.RequestAborted), http.RequestAborted));
    }

    private static async Task<Results<RawResult, NoContent>> GetResultAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.TaskAnswer>(request, new Command.GetTask(request.Id()));
        if (!reply.Outcome.View.Task.HasResult) return TypedResults.NoContent();
        var view = await HydrateAsync(reply.Owner, reply.Outcome.View with { Inputs = [] }, http.RequestAborted);
        return new RawResult(view.Task.Result);
    }

    private static async Task<Ok<TaskInfo>> CancelAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var command = new Command.Cancel(request.Id(), ClaimReader.Reason(request.Fields()));
        return await AnswerAsync(request, dispatch, command);
    }

    /// <summary>Sends a command that is answered with its task.</summary>
    internal static async Task<Ok<TaskInfo>> AnswerAsync(ApiRequest request, Dispatch dispatch, Command command)
    {
        var reply = await dispatch.SendAsync<Outcome.TaskAnswer>(request, command);
        return TypedResults.Ok(await WholeAsync(reply.Owner, reply.Outcome.View, request.Http.RequestAborted));
    }

    /// <summary>Everything about a task.</summary>
    /// <exception cref="RequestRefusedException">It was deleted meanwhile.</exception>
    internal static async ValueTask<TaskInfo> WholeAsync(IQueueOwner owner, TaskView view, CancellationToken cancellationToken)
        => TaskAnswers.Whole(await HydrateAsync(owner, view, cancellationToken), owner.Queue);

    private static async ValueTask<TaskView> HydrateAsync(IQueueOwner owner, TaskView view, CancellationToken cancellationToken)
        => await owner.HydrateAsync(view, cancellationToken)
        ?? throw new RequestRefusedException(Problems.Of(ProblemTypes.TaskPurged, $"The task '{view.Task.Id}' was deleted."));
}
