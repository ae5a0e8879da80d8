using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using TaskPlatform.Engine.Debates;

namespace TaskPlatform.Api.Debates;

/// <summary>Debates: several agents answer one question, and talk where they differ.</summary>
internal static class DebateEndpoints
{
    /// <summary>Adds the moderator.</summary>
    public static void AddDebates(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DebateModerator>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<DebateModerator>());
    }

    public static void MapDebateEndpoints(this IEndpointRouteBuilder app)
    {
        var debates = Routes.Below(app, "/debates", "Debates");
        debates.MapPost("", StartAsync).Takes<StartDebate>()
            .Named("startDebate", "Begins a debate: independent answers first, then rounds in which each sees what the others said, then a vote or a judge.")
            .Refuses(ProblemTypes.IdConflict, ProblemTypes.TaskPurged, ProblemTypes.StoreFull);
        debates.MapGet("", ListAsync)
            .Query("limit", "How many at most, 1 to 1000; 100 when unset.", isNumber: true)
            .Query("cursor", "Where to go on: nextCursor of the page before.")
            .Named("listDebates", "Debates, newest first, without their transcripts.")
            .Refuses(ProblemTypes.QueueNotFound);
        debates.MapGet("/{id}", GetAsync)
            .Query("waitSeconds", "Answer when the debate is over, or after this many seconds, 0 to 60.", isNumber: true)
            .Named("getDebate", "A debate: who said what, and in the end the verdict.")
            .Refuses(ProblemTypes.DebateNotFound, ProblemTypes.TaskPurged, ProblemTypes.QueueNotFound);
        debates.MapPost("/{id}/cancel", CancelAsync).Takes<CancelRequest>(isRequired: false)
            .Named("cancelDebate", "Cancels a debate and its open turns.")
            .Refuses(ProblemTypes.DebateNotFound, ProblemTypes.TaskPurged, ProblemTypes.QueueNotFound, ProblemTypes.TaskFinished);
    }

    private static async Task<Results<Created<DebateInfo>, Ok<DebateInfo>>> StartAsync(HttpContext http, Dispatch dispatch, DebateModerator moderator)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var asked = DebateReader.Read(request.Fields());
        var owner = await dispatch.FindAsync(request, makesQueue: true);
        Reply<Outcome.TaskAnswer> reply;
        try
        {
            reply = await Dispatch.SendAsync<Outcome.TaskAnswer>(owner, new Command.Submit(DebateTasks.Parent(asked)) { Key = request.Key }, http.RequestAborted);
        }
        finally
        {
            // Also where the answer was lost: it may have been submitted.
            moderator.Attend(owner);
        }
        var info = await InfoAsync(reply.Owner, reply.Outcome.View, http.RequestAborted);
        return reply.Outcome.IsNew ? TypedResults.Created(DebateAnswers.Address(request.Queue, info.Id), info) : TypedResults.Ok(info);
    }

    private static async Task<Ok<DebateInfo>> GetAsync(HttpContext http, Dispatch dispatch, TimeProvider time)
    {
        using var request = ApiRequest.WithoutBody(http);
        var query = request.Query();
        var wait = query.Wait();
        query.RefuseUnknown();
        var (owner, view) = await FindAsync(request, dispatch);
        if (wait > TimeSpan.Zero && !view.Task.State.IsFinal()) view = await new TaskWait(owner, time).GetAsync(view.Task.Id, wait, http.RequestAborted);
        return TypedResults.Ok(await InfoAsync(owner, view, http.RequestAborted));
    }

    private static async Task<Ok<DebateList>> ListAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var query = request.Query();
        var limit = query.Whole("limit", 1, RequestLimits.PageMost) ?? RequestLimits.PageDefault;
        var cursor = query.Text("cursor");
        var before = cursor is null ? long.MaxValue : Cursor.Read(cursor);
        if (before is null) request.Errors.Add("cursor", "must be the nextCursor of an earlier page");
        query.RefuseUnknown();
        var list = new Command.ListTasks(TaskFilter.Any with { Type = DebateTasks.Type }, limit, before ?? 0);
        var reply = await dispatch.SendAsync<Outcome.Page>(request, list);
        var found = new List<DebateInfo>();
        await foreach (var view in Hydration.EachAsync(reply.Owner, reply.Outcome.Tasks, http.RequestAborted))
        {
            if (DebateTasks.IsDebate(view.Task)) found.Add(DebateAnswers.Short(DebateAnswers.Info(view.Task, request.Queue, [])));
        }
        return TypedResults.Ok(new DebateList { Debates = found, NextCursor = reply.Outcome.Next is { } place ? Cursor.Write(place) : null });
    }

    private static async Task<Ok<DebateInfo>> CancelAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var reason = ClaimReader.Reason(request.Fields());
        var (_, view) = await FindAsync(request, dispatch);
        var reply = await dispatch.SendAsync<Outcome.TaskAnswer>(request, new Command.Cancel(view.Task.Id, reason));
        return TypedResults.Ok(await InfoAsync(reply.Owner, reply.Outcome.View, http.RequestAborted));
    }

    /// <exception cref="RequestRefusedException">There is no such debate.</exception>
    private static async Task<(IQueueOwner Owner, TaskView View)> FindAsync(ApiRequest request, Dispatch dispatch)
    {
        var id = request.Id();
        var owner = await dispatch.FindAsync(request, makesQueue: false);
        var reply = await Dispatch.SendAsync(owner, new Command.GetTask(id), request.Http.RequestAborted);
        if (reply.Outcome is Outcome.Refused { Refusal: { Name: not Refusal.TaskNotFound } refusal }) throw new RequestRefusedException(Problems.Of(refusal));
        var view = reply.Outcome is Outcome.TaskAnswer { View: var found } ? await owner.HydrateAsync(found with { Inputs = [] }, request.Http.RequestAborted) : null;
        return view is not null && DebateTasks.IsDebate(view.Task)
            ? (owner, view)
            : throw new RequestRefusedException(Problems.Of(ProblemTypes.DebateNotFound, $"The queue has no debate '{id}'."));
    }

    private static async Task<DebateInfo> InfoAsync(IQueueOwner owner, TaskView view, CancellationToken cancellationToken)
    {
        var whole = await owner.HydrateAsync(view with { Inputs = [] }, cancellationToken)
            ?? throw new RequestRefusedException(Problems.Of(ProblemTypes.TaskPurged, $"The debate '{view.Task.Id}' was deleted."));
        IReadOnlyList<Turn> turns = whole.Task.State == Engine.TaskState.Completed
            ? []
            : [.. (await new DebateQueue(owner).TurnsAsync(whole, cancellationToken)).Select(pair => pair.Turn)];
        return DebateAnswers.Info(whole.Task, owner.Queue, turns);
    }
}
