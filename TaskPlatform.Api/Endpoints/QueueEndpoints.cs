using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Queues: list, read, set, pause, watch.</summary>
internal static class QueueEndpoints
{
    private const string LastEventId = "Last-Event-ID";

    public static void MapQueueEndpoints(this IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.Queues, ListAsync).WithTags("Queues")
            .Named("listQueues", "Every queue that was ever used. One that cannot answer right now stands there without counts.")
            .Refuses();
        var queue = Routes.Below(app, "", "Queues");
        queue.MapGet("", GetAsync)
            .Named("getQueue", "A queue: settings and counts.")
            .Refuses(ProblemTypes.QueueNotFound);
        queue.MapPut("", ConfigureAsync).Takes<Client.Wire.QueueSettings>()
            .Named("configureQueue", "Changes settings. What is left out stays; a map that is given replaces the whole map.")
            .Refuses();
        queue.MapPost("/pause", PauseAsync).Takes<PauseRequest>(isRequired: false)
            .Named("pauseQueue", "Hands nothing out: of the types given, or at all.")
            .Refuses();
        queue.MapPost("/resume", ResumeAsync).Takes<PauseRequest>(isRequired: false)
            .Named("resumeQueue", "Hands out again: the types given, or everything.")
            .Refuses();
        queue.MapGet("/events", EventsAsync)
            .Produces<TaskEventInfo>(200, "text/event-stream")
            .Answers(200, "text/event-stream", "Events after commit. Their ids are <epoch>-<sequence>-<n>; Last-Event-ID resumes, or gets reset first.")
            .Named("watchQueue", "What happens in the queue, as server-sent events.")
            .Refuses();
    }

    private static async Task<Ok<QueueList>> ListAsync(HttpContext http, IQueueOwners owners)
    {
        var queues = new List<QueueInfo>();
        foreach (var name in await owners.ListAsync(http.RequestAborted)) queues.Add(await InfoAsync(name, owners, http.RequestAborted));
        return TypedResults.Ok(new QueueList { Queues = queues });
    }

    private static async Task<QueueInfo> InfoAsync(string name, IQueueOwners owners, CancellationToken cancellationToken)
    {
        try
        {
            var owner = await owners.FindAsync(name, cancellationToken);
            var reply = await owner.SendAsync(new Command.GetQueue(), cancellationToken);
            return QueueAnswers.Queue(name, ((Outcome.QueueAnswer)reply.Outcome).View, reply.CommittedUnixMs, withSettings: false);
        }
        catch (QueueUnavailableException)
        {
            return new QueueInfo { Name = name };
        }
    }

    private static async Task<Ok<QueueInfo>> GetAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        return await AnswerAsync(request, dispatch, new Command.GetQueue());
    }

    private static async Task<Ok<QueueInfo>> ConfigureAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        return await AnswerAsync(request, dispatch, SettingsReader.Change(request.Fields()));
    }

    private static async Task<Ok<QueueInfo>> PauseAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        return await AnswerAsync(request, dispatch, new Command.Pause(ClaimReader.Types(request.Fields())));
    }

    private static async Task<Ok<QueueInfo>> ResumeAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        return await AnswerAsync(request, dispatch, new Command.Resume(ClaimReader.Types(request.Fields())));
    }

    private static async Task<Ok<QueueInfo>> AnswerAsync(ApiRequest request, Dispatch dispatch, Command command)
    {
        var reply = await dispatch.SendAsync<Outcome.QueueAnswer>(request, command);
        return TypedResults.Ok(QueueAnswers.Queue(request.Queue, reply.Outcome.View, reply.CommittedUnixMs, withSettings: true));
    }

    /// <summary>Watching counts as use, so that a watcher may come before the first task.</summary>
    private static async Task<EventStream> EventsAsync(HttpContext http, Dispatch dispatch, TimeProvider time)
    {
        using var request = ApiRequest.WithoutBody(http);
        var owner = await dispatch.FindAsync(request, makesQueue: true);
        var last = http.Request.Headers[LastEventId] is [{ Length: > 0 } id, ..] ? id : null;
        return new EventStream(request.Queue, owner.Events.SubscribeAsync(last, http.RequestAborted), time);
    }
}
