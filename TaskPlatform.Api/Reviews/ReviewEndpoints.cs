using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Reviews;

/// <summary>Reviews of C# code: each is a graph of tasks in one queue.</summary>
internal static class ReviewEndpoints
{
    private const string Address = "/v1/reviews";
    private const int PathBytes = 4096;

    /// <summary>Adds what reviews need.</summary>
    public static void AddReviews(this IHostApplicationBuilder builder) =>
        builder.Services.AddOptions<ReviewSettings>().BindConfiguration(ReviewSettings.Section)
            .Validate(s => s.MaxFiles is >= 1 and <= 4_000, "Reviews:MaxFiles must be from 1 to 4000.").ValidateOnStart();

    public static void MapReviewEndpoints(this IEndpointRouteBuilder app)
    {
        var reviews = app.MapGroup(Address).WithTags("Reviews");
        reviews.MapPost("", StartAsync).Takes<ReviewRequest>()
            .Named("startReview", "Reviews the C# files of a folder: analysed, fixed where that is certain, and summed up in a report.")
            .Refuses(ProblemTypes.StoreFull);
        reviews.MapGet("/{id}", GetAsync)
            .Named("getReview", "How far a review is.")
            .Refuses(ProblemTypes.GraphNotFound);
        reviews.MapGet("/{id}/report", GetReportAsync)
            .Answers(200, "text/markdown", "The report.")
            .Named("getReviewReport", "The report; 404 until it is written.")
            .Refuses(ProblemTypes.GraphNotFound);
        reviews.MapGet("/{id}/diff", GetDiffAsync)
            .Answers(200, "text/x-diff", "For git apply -p1 in the reviewed folder; empty when nothing is to be fixed.")
            .Named("getReviewDiff", "All diffs in one; 404 until the last is made.")
            .Refuses(ProblemTypes.GraphNotFound);
    }

    private static async Task<Results<Accepted<ReviewAccepted>, Ok<ReviewAccepted>>> StartAsync(HttpContext http, IQueueOwners owners, IOptions<ReviewSettings> settings)
    {
        using var request = await ApiRequest.ReadAsync(http);
        var fields = request.Fields();
        var path = fields.Text("path", PathBytes, isRequired: true);
        fields.RefuseUnknown();
        request.ThrowIfBad();

        var id = TaskReader.NewId();
        var tasks = ReadTasks(id, Find(settings.Value, path!));
        var graph = await SendAsync(owners, new Command.SubmitGraph(id, tasks) { Key = request.Key }, http.RequestAborted);
        var count = graph.View.Tasks.Length;
        var answer = new ReviewAccepted { ReviewId = graph.View.Id, Queue = ReviewTasks.Queue, Files = count / 2, Tasks = count };
        return graph.IsNew ? TypedResults.Accepted($"{Address}/{graph.View.Id}", answer) : TypedResults.Ok(answer);
    }

    private static async Task<Ok<ReviewStatus>> GetAsync(HttpContext http, IQueueOwners owners)
    {
        var (_, view) = await FindAsync(http, owners);
        return TypedResults.Ok(ReviewAnswers.Status(view, Address));
    }

    private static async Task<ContentHttpResult> GetReportAsync(HttpContext http, IQueueOwners owners)
    {
        var (owner, view) = await FindAsync(http, owners);
        var results = new ReviewResults(owner, http.RequestAborted);
        var reasoning = await results.WholeAsync(ReviewAnswers.Reasoning(view));
        var report = ReviewResults.Read<ReviewReport>(reasoning)
            ?? throw Missing($"The report is not there: {ReviewAnswers.WhyNot(view, reasoning.Task)}");
        return TypedResults.Text(report.Markdown, "text/markdown", Encoding.UTF8);
    }

    private static async Task<ContentHttpResult> GetDiffAsync(HttpContext http, IQueueOwners owners)
    {
        var (owner, view) = await FindAsync(http, owners);
        var coding = view.Tasks.Where(t => t.Task.Type == ReviewTasks.Coding).ToList();
        if (!coding.TrueForAll(t => t.Task.State.IsFinal())) throw Missing("The diffs are not all made yet.");
        return TypedResults.Text(await new ReviewResults(owner, http.RequestAborted).JoinDiffsAsync(coding), "text/x-diff", Encoding.UTF8);
    }

    private static ReviewSources Find(ReviewSettings settings, string path)
    {
        try
        {
            return ReviewSources.Find(settings, path);
        }
        catch (ReviewRefusedException e)
        {
            throw new RequestRefusedException(Problems.Of(ProblemTypes.InvalidRequest, e.Message, [new FieldError("path", e.Message)]));
        }
    }

    // The graph goes the way of every other: as JSON through the same reader.
    private static ImmutableArray<TaskSubmission> ReadTasks(string id, ReviewSources sources)
    {
        var errors = new RequestErrors();
        var tasks = ReviewGraph.Of(id, sources.Path, sources.Files, sources.Name).Tasks!
            .Select((t, i) => TaskReader.Read(JsonSerializer.SerializeToElement(t, WireJson.Default.SubmitTask), $"tasks[{i}]", errors)!)
            .ToImmutableArray();
        errors.ThrowIfAny();
        return tasks;
    }

    private static async Task<(IQueueOwner Owner, GraphView View)> FindAsync(HttpContext http, IQueueOwners owners)
    {
        using var request = ApiRequest.WithoutBody(http);
        var id = request.Id();
        request.ThrowIfBad();
        var owner = await owners.FindExistingAsync(ReviewTasks.Queue, http.RequestAborted) ?? throw Unknown(id);
        var reply = await Dispatch.SendAsync(owner, new Command.GetGraph(id), http.RequestAborted);
        return reply.Outcome is Outcome.GraphAnswer { View: var view } && view.Tasks.Any(t => t.Task.Type == ReviewTasks.Reasoning)
            ? (owner, view)
            : throw Unknown(id);
    }

    private static async Task<Outcome.GraphAnswer> SendAsync(IQueueOwners owners, Command command, CancellationToken callerGone)
    {
        var owner = await owners.FindAsync(ReviewTasks.Queue, callerGone);
        var reply = await Dispatch.SendAsync(owner, command, callerGone);
        return reply.Outcome is Outcome.Refused refused ? throw new RequestRefusedException(Problems.Of(refused.Refusal)) : (Outcome.GraphAnswer)reply.Outcome;
    }

    private static RequestRefusedException Unknown(string id) => new(Problems.Of(ProblemTypes.GraphNotFound, $"There is no review '{id}'."));

    private static RequestRefusedException Missing(string detail) => new(Problems.Of(Problems.NotFound, detail));
}
