using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Tasks to be made at times.</summary>
internal static class ScheduleEndpoints
{
    public static void MapScheduleEndpoints(this IEndpointRouteBuilder app)
    {
        var schedules = Routes.Below(app, "/schedules", "Schedules");
        schedules.MapGet("", ListAsync)
            .Named("listSchedules", "Every schedule of the queue, by name.")
            .Refuses(ProblemTypes.QueueNotFound);
        schedules.MapPut("/{name}", PutAsync).Takes<ScheduleSettings>()
            .Named("putSchedule", "Makes a task at each time of a cron expression from now on; replaces a schedule of the same name.")
            .Refuses();
        schedules.MapGet("/{name}", GetAsync)
            .Named("getSchedule", "A schedule, and how far it is.")
            .Refuses(ProblemTypes.ScheduleNotFound, ProblemTypes.QueueNotFound);
        schedules.MapDelete("/{name}", DeleteAsync)
            .Named("deleteSchedule", "Makes no more tasks; those that were made stay.")
            .Refuses(ProblemTypes.ScheduleNotFound, ProblemTypes.QueueNotFound);
    }

    private static async Task<Ok<ScheduleList>> ListAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.ScheduleList>(request, new Command.ListSchedules());
        return TypedResults.Ok(new ScheduleList { Schedules = [.. reply.Outcome.Schedules.Select(ScheduleAnswers.Info)] });
    }

    private static async Task<Results<Created<ScheduleInfo>, Ok<ScheduleInfo>>> PutAsync(HttpContext http, Dispatch dispatch, TimeProvider time)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var name = request.Name();
        var put = ScheduleReader.Put(request.Fields(), name, time.GetUtcNow().ToUnixTimeMilliseconds());
        var reply = await dispatch.SendAsync<Outcome.ScheduleList>(request, put);
        var answer = ScheduleAnswers.Info(reply.Outcome.Schedules[0]);
        return reply.Outcome.IsNew ? TypedResults.Created(ScheduleAnswers.Address(request.Queue, name), answer) : TypedResults.Ok(answer);
    }

    private static async Task<Ok<ScheduleInfo>> GetAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var reply = await dispatch.SendAsync<Outcome.ScheduleList>(request, new Command.GetSchedule(request.Name()));
        return TypedResults.Ok(ScheduleAnswers.Info(reply.Outcome.Schedules[0]));
    }

    private static async Task<NoContent> DeleteAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        await dispatch.SendAsync<Outcome.Done>(request, new Command.DeleteSchedule(request.Name()));
        return TypedResults.NoContent();
    }
}
