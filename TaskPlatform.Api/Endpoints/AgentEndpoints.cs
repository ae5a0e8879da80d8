using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Agents: what they can do and how they do.</summary>
internal static class AgentEndpoints
{
    public static void MapAgentEndpoints(this IEndpointRouteBuilder app)
    {
        var agents = Routes.Below(app, "/agents", "Agents");
        agents.MapGet("", ListAsync)
            .Named("listAgents", "Every agent that the queue knows, one row for each instance that was seen.")
            .Refuses(ProblemTypes.QueueNotFound);
        agents.MapPut("/{agentId}", RegisterAsync).Takes<AgentRegistration>()
            .Named("registerAgent", "Says what an agent can do. Registering again ends a drain.")
            .Refuses();
        agents.MapPost("/{agentId}/drain", DrainAsync).Takes<EmptyRequest>(isRequired: false)
            .Named("drainAgent", "Hands an agent nothing more; what it holds it may finish.")
            .Refuses(ProblemTypes.AgentNotFound, ProblemTypes.QueueNotFound);
        agents.MapDelete("/{agentId}", RemoveAsync)
            .Named("removeAgent", "Forgets an agent and its figures. What it holds goes back into line at once, and claims of it that wait are refused.")
            .Refuses(ProblemTypes.AgentNotFound, ProblemTypes.QueueNotFound);
    }

    private static async Task<Ok<AgentList>> ListAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.AgentList>(request, new Command.ListAgents());
        return TypedResults.Ok(new AgentList { Agents = [.. reply.Outcome.Agents.SelectMany(QueueAnswers.Rows)] });
    }

    private static async Task<Ok<AgentInfo>> RegisterAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        return await AnswerAsync(request, dispatch, ClaimReader.Register(request.Fields(), request.Id("agentId")));
    }

    private static async Task<Ok<AgentInfo>> DrainAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        request.Fields().RefuseUnknown();
        return await AnswerAsync(request, dispatch, new Command.DrainAgent(request.Id("agentId")));
    }

    private static async Task<NoContent> RemoveAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        await dispatch.SendAsync<Outcome.Done>(request, new Command.RemoveAgent(request.Id("agentId")));
        return TypedResults.NoContent();
    }

    private static async Task<Ok<AgentInfo>> AnswerAsync(ApiRequest request, Dispatch dispatch, Command command)
    {
        var reply = await dispatch.SendAsync<Outcome.AgentList>(request, command);
        return TypedResults.Ok(QueueAnswers.Agent(reply.Outcome.Agents[0]));
    }
}
