using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Many submits or settlements in one call, each for itself. Tasks are answered in short.</summary>
internal static class BatchEndpoints
{
    public static void MapBatchEndpoints(this IEndpointRouteBuilder app)
    {
        var queue = Routes.Below(app, "", "Batches");
        queue.MapPost("/tasks/batch", SubmitAsync).Takes<SubmitBatchRequest>()
            .Named("submitBatch", "Submits up to 10,000 tasks, each for itself, in the order of the call.")
            .Refuses();
        queue.MapPost("/settle/batch", SettleAsync).Takes<SettleBatchRequest>()
            .Named("settleBatch", "Completes, fails or releases up to 10,000 tasks, each for itself, in the order of the call.")
            .Refuses(ProblemTypes.QueueNotFound);
    }

    private static async Task<Ok<BatchReply>> SubmitAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http, RequestLimits.BulkBodyBytes);
        var items = ReadItems(request, "tasks", ReadSubmit);
        return await AnswerAsync(request, dispatch, items, makesQueue: true);
    }

    private static async Task<Ok<BatchReply>> SettleAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = await ApiRequest.ReadAsync(http, RequestLimits.BulkBodyBytes);
        var items = ReadItems(request, "settle", ReadSettlement);
        return await AnswerAsync(request, dispatch, items, makesQueue: false);
    }

    private static async Task<Ok<BatchReply>> AnswerAsync(ApiRequest request, Dispatch dispatch, List<Item> items, bool makesQueue)
    {
        var replies = await dispatch.SendAllAsync(request, items.ConvertAll(item => item.Command), makesQueue);
        var outcomes = items.Select((item, index) => Outcome(item, replies[index], request.Queue)).ToList();
        foreach (var refused in outcomes.Where(outcome => outcome.Problem is not null)) TaskMetrics.Refused(request.Queue, refused.Problem!.Name);
        return TypedResults.Ok(new BatchReply { Outcomes = outcomes });
    }

    /// <summary>What is wrong with one item is that item's problem alone; what is wrong around them is the call's.</summary>
    private static List<Item> ReadItems(ApiRequest request, string name, Func<JsonElement, string, RequestErrors, Item> read)
    {
        var items = new List<Item>();
        var fields = request.Fields();
        foreach (var (element, path) in fields.Items(name, 1, RequestLimits.BatchItems, isRequired: true))
        {
            var errors = new RequestErrors();
            var item = read(element, path, errors);
            items.Add(errors.Count == 0 ? item : item with { Command = null, Problem = errors.ToProblem() });
        }
        fields.RefuseUnknown();
        return items;
    }

    private static Item ReadSubmit(JsonElement element, string path, RequestErrors errors)
        => TaskReader.Read(element, path, errors) is { } task ? new Item(task.Id, new Command.Submit(task)) : new Item(TaskReader.IdOf(element), null);

    private static Item ReadSettlement(JsonElement element, string path, RequestErrors errors)
    {
        var (id, command) = SettleReader.Settlement(element, path, errors);
        return new Item(id, command);
    }

    private static BatchOutcome Outcome(Item item, ItemReply reply, string queue) => (item.Problem ?? reply.Problem, reply.Outcome) switch
    {
        ({ } problem, _) => new BatchOutcome { Id = item.Id, Status = problem.Status!.Value, Problem = problem },
        (null, Outcome.TaskAnswer answer) => new BatchOutcome
        {
            Id = answer.View.Task.Id,
            Status = answer.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
            Task = TaskAnswers.Short(answer.View, queue) with { DeduplicatedBy = answer.DeduplicatedBy },
        },
        (null, var other) => throw new System.Diagnostics.UnreachableException($"No answer for {other?.GetType().Name}."),
    };

    private sealed record Item(string? Id, Command? Command, Problem? Problem = null);
}
