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
                ProblemTypes.IdConflict, ProblemTypes.UnknownDependency, ProblemTypes.CycleDetected, ProblemTypes.TaskPurged, ProblemTypes.StoreFull);
        graphs.MapGet("/{id}", GetAsync)
            .Named("getGraph", "A graph: its tasks in short, counts by state, and the critical path.")
            .Refuses(ProblemTypes.GraphNotFound, ProblemTypes.QueueNotFound);
        graphs.MapPost("/{id}/cancel", CancelAsync).Takes<CancelRequest>(isRequired: false)
            .Named("cancelGraph", "Cancels what is left of a graph.")
            .Refuses(ProblemTypes.GraphNotFound, ProblemTypes.QueueNotFound);
    }

    private static async Task<Results<Created<GraphReply>, Ok<GraphReply>>> SubmitAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http, RequestLimits.BulkBodyBytes);
        var reply = await dispatch.SendAsync<Outcome.GraphAnswer>(request, ReadGraph(request));
        var answer = GraphAnswers.Submitted(reply.Outcome.View);
        return reply.Outcome.IsNew ? TypedResults.Created(GraphAnswers.Address(request.Queue, answer.GraphId), answer) : TypedResults.Ok(answer);
    }

    private static async Task<Ok<GraphInfo>> GetAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.GraphAnswer>(request, new Command.GetGraph(request.Id()));
        return TypedResults.Ok(await InfoAsync(reply, http.RequestAborted));
    }

    private static async Task<Ok<GraphInfo>> CancelAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var command = new Command.CancelGraph(request.Id(), ClaimReader.Reason(request.Fields()));
        var reply = await dispatch.SendAsync<Outcome.GraphAnswer>(request, command);
        return TypedResults.Ok(await InfoAsync(reply, http.RequestAborted));
    }

    private static async ValueTask<GraphInfo> InfoAsync(Reply<Outcome.GraphAnswer> reply, CancellationToken cancellationToken)
    {
        var tasks = new List<TaskInfo>(reply.Outcome.View.Tasks.Length);
        await foreach (var view in Hydration.EachAsync(reply.Owner, reply.Outcome.View.Tasks, cancellationToken))
            tasks.Add(TaskAnswers.Short(view, reply.Owner.Queue));
        return GraphAnswers.Info(reply.Outcome.View, tasks);
    }

    private static Command.SubmitGraph ReadGraph(ApiRequest request)
    {
        var tasks = ImmutableArray.CreateBuilder<TaskSubmission>();
        var fields = request.Fields();
        foreach (var (element, path) in fields.Items("tasks", 1, RequestLimits.GraphTasks, isRequired: true))
        {
            if (TaskReader.Read(element, path, request.Errors) is { } task) tasks.Add(task);
        }
        var budget = TaskReader.ReadBudget(fields.Object("budget"));
        fields.RefuseUnknown();
        return new Command.SubmitGraph(TaskReader.NewId(), tasks.DrainToImmutable(), budget);
    }
}
