using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Tasks that match, newest first, in pages.</summary>
internal static class TaskListEndpoint
{
    /// <summary>Payloads, results and checkpoints beyond this end a page early, so that no page takes more memory than a few tasks' worth.</summary>
    private const int PageBytes = 8 << 20;

    public static void MapTaskListEndpoint(this IEndpointRouteBuilder app) => Routes.Below(app, "/tasks", "Tasks").MapGet("", ListAsync)
        .Query("state", "Only tasks in this state.")
        .Query("type", "Only tasks of this type.")
        .Query("agentId", "Only tasks that this agent holds or held last.")
        .Query("graphId", "Only tasks of this graph.")
        .Query("label", "Only tasks with this label: name=value, or a name alone.")
        .Query("limit", "How many at most, 1 to 1000; 100 when unset. A page of large tasks may hold fewer.", isNumber: true)
        .Query("cursor", "Where to go on: nextCursor of the page before. It stays valid while tasks change.")
        .Named("listTasks", "Tasks, newest first by creation.")
        .Refuses(ProblemTypes.QueueNotFound);

    private static async Task<Ok<TaskList>> ListAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var list = ReadQuery(request);
        var found = new List<TaskInfo>();
        long? next = list.Before;
        var room = PageBytes;
        while (next is { } before && found.Count < list.Limit && room > 0)
        {
            var step = list with { Limit = list.Limit - found.Count, Before = before };
            var reply = await dispatch.SendAsync<Outcome.Page>(request, step);
            next = reply.Outcome.Next;
            await foreach (var view in Hydration.EachAsync(reply.Owner, reply.Outcome.Tasks, http.RequestAborted))
            {
                found.Add(TaskAnswers.OnPage(view, request.Queue));
                room -= BytesOf(view.Task);
                if (room > 0) continue;
                next = view.Task.Order;
                break;
            }
        }
        return TypedResults.Ok(new TaskList { Tasks = found, NextCursor = next is { } place ? Cursor.Write(place) : null });
    }

    private static Command.ListTasks ReadQuery(ApiRequest request)
    {
        var query = request.Query();
        var filter = FilterReader.Read(query);
        var limit = query.Whole("limit", 1, RequestLimits.PageMost) ?? RequestLimits.PageDefault;
        var cursor = query.Text("cursor");
        var before = cursor is null ? long.MaxValue : Cursor.Read(cursor);
        if (before is null) request.Errors.Add("cursor", "must be the nextCursor of an earlier page");
        query.RefuseUnknown();
        return new Command.ListTasks(filter, limit, before ?? 0);
    }

    private static int BytesOf(TaskItem task) => (task.Body?.Payload.Length ?? 0) + task.Result.Length + task.Checkpoint.Length;
}
