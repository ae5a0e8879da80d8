using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>What operators do with one task: retry, change, delete, and ask why it is where it is.</summary>
internal static class TaskChangeEndpoints
{
    public static void MapTaskChangeEndpoints(this IEndpointRouteBuilder app)
    {
        var tasks = Routes.Below(app, "/tasks/{id}", "Tasks");
        tasks.MapPost("/retry", RetryAsync).Takes<EmptyRequest>(isRequired: false)
            .Named("retryTask", "Has a failed or cancelled task tried anew, and revives what its end had cancelled.")
            .Refuses([.. Known, ProblemTypes.TaskFinished]);
        tasks.MapPatch("", PatchAsync).Takes<PatchTask>()
            .Named("patchTask", "Changes the priority, date or labels of a task that is not over; what is left out stays.")
            .Refuses([.. Known, ProblemTypes.TaskFinished]);
        tasks.MapDelete("", DeleteAsync)
            .Named("deleteTask", "Deletes a task that is over and not needed by one that is not. For 24 hours its id answers task-purged.")
            .Refuses([.. Known, ProblemTypes.TaskUnfinished]);
        tasks.MapGet("/why", WhyAsync)
            .Named("whyTask", "Why a task is where it is, and which agents may take it.")
            .Refuses(Known);
    }

    private static readonly string[] Known = [ProblemTypes.TaskNotFound, ProblemTypes.TaskPurged, ProblemTypes.QueueNotFound];

    private static async Task<Ok<TaskInfo>> RetryAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        request.Fields().RefuseUnknown();
        return await TaskEndpoints.AnswerAsync(request, dispatch, new Command.Retry(request.Id()));
    }

    private static async Task<Ok<TaskInfo>> PatchAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        return await TaskEndpoints.AnswerAsync(request, dispatch, TaskChangeReader.Patch(request.Fields(), request.Id()));
    }

    private static async Task<NoContent> DeleteAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        await dispatch.SendAsync<Outcome.Done>(request, new Command.Delete(request.Id()));
        return TypedResults.NoContent();
    }

    private static async Task<Ok<WhyInfo>> WhyAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.WhyAnswer>(request, new Command.Why(request.Id()));
        return TypedResults.Ok(WhyAnswers.Info(reply.Outcome.View));
    }
}
