using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Tasks submitted together with their dependencies.</summary>
internal static class GraphEndpoints
{
    public static void MapGraphEndpoints(this IEndpointRouteBuilder app)
    {
        var graphs = Routes.Below(app, "/graphs", "Graphs");
        graphs.MapPost("", SubmitAsync).Takes<SubmitGraphRequest>()
            .Named("submitGraph", "Submits up to 10,000 tasks, all or nothing; dependsOn names tasks of the call or earlier ones.")
            .Refuses(
                ProblemTypes.IdConflict, ProblemTypes.IdempotencyMismatch, ProblemTypes.PayloadTooLarge, ProblemTypes.UnknownDependency,
                ProblemTypes.CycleDetected, ProblemTypes.TaskPurged, ProblemTypes.QueueFull, ProblemTypes.StoreFull);
        graphs.MapGet("/{id}", GetAsync)
            .Named("getGraph", "A graph: its tasks in short, counts by state, and the critical path.")
            .Refuses(ProblemTypes.GraphNotFound, ProblemTypes.QueueNotFound);
        graphs.MapPost("/{id}/cancel", CancelAsync).Takes<CancelRequest>(isRequired: false)
            .Named("cancelGraph", "Cancels what is left of a graph.")
            .Refuses(ProblemTypes.GraphNotFound, ProblemTypes.QueueNotFound, ProblemTypes.IdempotencyMismatch);
    }

    private static async Task<Results<Created<GraphReply>, Ok<GraphReply>>> SubmitAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http, RequestLimits.BulkBodyBytes);
        var tasks = ReadTasks(request);
        request.ThrowIfBad();
        var reply = await dispatch.SendAsync<Outcome.GraphAnswer>(request, new Command.SubmitGraph(TaskReader.NewId(), tasks));
        var answer = GraphAnswers.Submitted(reply.Outcome.View);
        return reply.Outcome.IsNew ? TypedResults.Created(GraphAnswers.Address(request.Queue, answer.GraphId), answer) : TypedResults.Ok(answer);
    }

    private static async Task<Ok<GraphInfo>> GetAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.GraphAnswer>(request, new Command.GetGraph(request.Id()));
        return TypedResults.Ok(GraphAnswers.Info(reply.Outcome.View, request.Queue));
    }

    private static async Task<Ok<GraphInfo>> CancelAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var command = new Command.CancelGraph(request.Id(), ClaimReader.Reason(request.Fields()));
        var reply = await dispatch.SendAsync<Outcome.GraphAnswer>(request, command);
        return TypedResults.Ok(GraphAnswers.Info(reply.Outcome.View, request.Queue));
    }

    private static ImmutableArray<TaskSubmission> ReadTasks(ApiRequest request)
    {
        var tasks = ImmutableArray.CreateBuilder<TaskSubmission>();
        var fields = request.Fields();
        foreach (var (element, path) in fields.Items("tasks", 1, RequestLimits.GraphTasks, isRequired: true))
        {
            if (TaskReader.Read(element, path, request.Errors) is { } task) tasks.Add(task);
        }
        fields.RefuseUnknown();
        return tasks.DrainToImmutable();
    }
}
