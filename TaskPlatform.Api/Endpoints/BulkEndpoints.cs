using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>The same for all tasks that match.</summary>
internal static class BulkEndpoints
{
    public static void MapBulkEndpoints(this IEndpointRouteBuilder app)
    {
        var queue = Routes.Below(app, "", "Bulk");
        queue.MapPost("/bulk", StartAsync).Takes<BulkRequest>()
            .Named("startBulk", "Begins to cancel, retry or delete every task that matches; it goes on in steps, and over a restart.")
            .Refuses(ProblemTypes.QueueNotFound);
        queue.MapGet("/operations/{id}", GetAsync)
            .Named("getOperation", "How far a bulk operation is.")
            .Refuses(ProblemTypes.OperationNotFound, ProblemTypes.QueueNotFound);
    }

    private static async Task<Accepted<BulkReply>> StartAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var reply = await dispatch.SendAsync<Outcome.OperationAnswer>(request, TaskChangeReader.Bulk(request.Fields(), TaskReader.NewId()));
        var id = reply.Outcome.Operation.Id;
        return TypedResults.Accepted(OperationAnswers.Address(request.Queue, id), new BulkReply { OperationId = id });
    }

    private static async Task<Ok<OperationInfo>> GetAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.OperationAnswer>(request, new Command.GetOperation(request.Id()));
        return TypedResults.Ok(OperationAnswers.Info(reply.Outcome.Operation));
    }
}
