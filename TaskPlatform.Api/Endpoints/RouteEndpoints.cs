using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Who may take the tasks that name a route.</summary>
internal static class RouteEndpoints
{
    public static void MapRouteEndpoints(this IEndpointRouteBuilder app)
    {
        var routes = Routes.Below(app, "/routes", "Routes");
        routes.MapGet("", ListAsync)
            .Named("listRoutes", "Every route of the queue, by name.")
            .Refuses(ProblemTypes.QueueNotFound);
        routes.MapPut("/{name}", PutAsync).Takes<RouteSettings>()
            .Named("putRoute", "Says who may take the tasks that name the route; replaces a route of the same name.")
            .Refuses();
        routes.MapGet("/{name}", GetAsync)
            .Named("getRoute", "A route, and what was learned of its candidates.")
            .Refuses(ProblemTypes.RouteNotFound, ProblemTypes.QueueNotFound);
        routes.MapDelete("/{name}", DeleteAsync)
            .Named("deleteRoute", "Routes the tasks that name it no more.")
            .Refuses(ProblemTypes.RouteNotFound, ProblemTypes.QueueNotFound);
    }

    private static async Task<Ok<RouteList>> ListAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.RouteList>(request, new Command.ListRoutes());
        return TypedResults.Ok(new RouteList { Routes = [.. reply.Outcome.Routes.Select(RouteAnswers.Info)] });
    }

    private static async Task<Results<Created<RouteInfo>, Ok<RouteInfo>>> PutAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var name = request.Name();
        var reply = await dispatch.SendAsync<Outcome.RouteList>(request, RouteReader.Put(request.Fields(), name));
        var answer = RouteAnswers.Info(reply.Outcome.Routes[0]);
        return reply.Outcome.IsNew ? TypedResults.Created(RouteAnswers.Address(request.Queue, name), answer) : TypedResults.Ok(answer);
    }

    private static async Task<Ok<RouteInfo>> GetAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.RouteList>(request, new Command.GetRoute(request.Name()));
        return TypedResults.Ok(RouteAnswers.Info(reply.Outcome.Routes[0]));
    }

    private static async Task<NoContent> DeleteAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        await dispatch.SendAsync<Outcome.Done>(request, new Command.DeleteRoute(request.Name()));
        return TypedResults.NoContent();
    }
}
