using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>What makes a task wait, and what lets it go on: children, questions, answers.</summary>
internal static class WaitEndpoints
{
    public static void MapWaitEndpoints(this IEndpointRouteBuilder app)
    {
        var tasks = Routes.Below(app, "/tasks/{id}", "Waiting");
        tasks.MapPost("/children", AddChildrenAsync).Takes<ChildrenRequest>()
            .Named(
                "addChildren",
                "Adds up to 1,000 tasks to a leased task, all or nothing; those that it added before are not added twice. With wait the grant ends and the "
                + "task waits until its children are over; where they are already, it stays with its agent, and inputs holds their results.")
            .Refuses([
                .. LeaseEndpoints.Leased, ProblemTypes.IdConflict, ProblemTypes.UnknownDependency, ProblemTypes.CycleDetected, ProblemTypes.StoreFull,
            ]);
        tasks.MapPost("/ask", AskAsync).Takes<AskRequest>()
            .Named(
                "ask",
                "Asks people: the grant ends and the task waits for an answer. A question that was answered before leaves it with its agent.")
            .Refuses(LeaseEndpoints.Leased);
        tasks.MapPost("/answer", AnswerAsync).Takes<AnswerRequest>()
            .Named("answerTask", "Answers a task's question, or lets a task go on that waits for a budget.")
            .Refuses(
                ProblemTypes.TaskNotFound, ProblemTypes.TaskPurged, ProblemTypes.QueueNotFound, ProblemTypes.NotWaiting, ProblemTypes.TaskFinished);
    }

    private static async Task<Ok<TaskInfo>> AddChildrenAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http, RequestLimits.BulkBodyBytes);
        return await TaskEndpoints.AnswerAsync(request, dispatch, WaitReader.Children(request));
    }

    private static async Task<Ok<TaskInfo>> AskAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        return await TaskEndpoints.AnswerAsync(request, dispatch, WaitReader.Ask(request.Fields(), request.Id()));
    }

    private static async Task<Ok<TaskInfo>> AnswerAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        return await TaskEndpoints.AnswerAsync(request, dispatch, WaitReader.Answer(request.Fields(), request.Id()));
    }
}
