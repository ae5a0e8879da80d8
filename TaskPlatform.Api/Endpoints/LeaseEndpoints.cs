using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>What agents call: claim, heartbeat, complete, fail, release.</summary>
internal static class LeaseEndpoints
{
    public static void MapLeaseEndpoints(this IEndpointRouteBuilder app)
    {
        var queue = Routes.Below(app, "", "Leases");
        queue.MapPost("/claims", ClaimAsync).Takes<ClaimRequest>()
            .Named("claimTasks", "Takes tasks that fit the agent, or waits for the first; none in time answers an empty list.")
            .Refuses(ProblemTypes.AgentNotFound);
        queue.MapPost("/tasks/{id}/heartbeat", HeartbeatAsync).Takes<HeartbeatRequest>()
            .Named("heartbeat", "Prolongs a lease, and tells how far the work is.")
            .Refuses(Leased);
        queue.MapPost("/tasks/{id}/complete", (HttpContext http, Dispatch dispatch) => SettleAsync(http, dispatch, SettleReader.Complete))
            .Takes<CompleteRequest>()
            .Named("completeTask", "Hands in a result.")
            .Refuses(Leased);
        queue.MapPost("/tasks/{id}/fail", (HttpContext http, Dispatch dispatch) => SettleAsync(http, dispatch, SettleReader.Fail))
            .Takes<FailRequest>()
            .Named("failTask", "Says that an attempt failed.")
            .Refuses(Leased);
        queue.MapPost("/tasks/{id}/release", (HttpContext http, Dispatch dispatch) => SettleAsync(http, dispatch, SettleReader.Release))
            .Takes<ReleaseRequest>()
            .Named("releaseTask", "Gives a task back; uses no attempt.")
            .Refuses(Leased);
    }

    /// <summary>What every call that shows a token may be refused with.</summary>
    internal static readonly string[] Leased =
    [
        ProblemTypes.TaskNotFound, ProblemTypes.TaskPurged, ProblemTypes.QueueNotFound, ProblemTypes.LeaseLost, ProblemTypes.TaskFinished,
    ];

    private static async Task<Ok<ClaimReply>> ClaimAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var reply = await dispatch.SendAsync<Outcome.Claimed>(request, ClaimReader.Claim(request.Fields(), request.Key));
        var grants = await reply.Owner.HydrateAllAsync(reply.Outcome.Grants, withInputs: true, CancellationToken.None);
        // What is leased cannot have been deleted.
        var tasks = grants.Select(grant => TaskAnswers.Granted(grant!, request.Queue, reply.CommittedUnixMs)).ToList();
        if (http.RequestAborted.IsCancellationRequested) await GiveBackAsync(reply);
        return TypedResults.Ok(new ClaimReply { Tasks = tasks });
    }

    // The caller went while its tasks were fetched: nobody knows the tokens.
    private static Task GiveBackAsync(Reply<Outcome.Claimed> reply) => Task.WhenAll(reply.Outcome.Grants.Select(
        grant => reply.Owner.SendAsync(new Command.Ungrant(grant.Task.Id, grant.Task.Lease!.Token), CancellationToken.None)));

    private static async Task<Ok<HeartbeatReply>> HeartbeatAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var reply = await dispatch.SendAsync<Outcome.Extended>(request, SettleReader.Heartbeat(request.Fields(), request.Id()));
        return TypedResults.Ok(new HeartbeatReply
        {
            ExpiresAt = Times.At(reply.CommittedUnixMs + reply.Outcome.LeaseMs),
            ExpiresInSeconds = Times.Seconds(reply.Outcome.LeaseMs),
            CancelRequested = reply.Outcome.CancelRequested,
        });
    }

    private static async Task<Ok<TaskInfo>> SettleAsync(HttpContext http, Dispatch dispatch, Func<FieldReader, string, Command> read)
    {
        using var request = await ApiRequest.ReadAsync(http);
        return await TaskEndpoints.AnswerAsync(request, dispatch, read(request.Fields(), request.Id()));
    }
}
