using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TaskPlatform.Api.Queues;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>What other nodes ask of this one. Reached over the members' own port alone.</summary>
internal static class LendingEndpoints
{
    private const int QuestionBytes = 64 << 10;

    public static void MapLendingEndpoints(this WebApplication app)
    {
        if (app.Services.GetService<PeerDirectory>() is null) return;
        var questions = app.MapGroup("").RequireFederationMember(QuestionBytes).ExcludeFromDescription();
        questions.MapPost(PeerRoutes.Offers, OfferAsync);
        questions.MapPost(PeerRoutes.Requests, GiveAsync);
        var boxes = app.MapGroup("").RequireFederationMember(PeerRoutes.MaxBoxBytes).ExcludeFromDescription();
        boxes.MapPost(PeerRoutes.Tasks, TakeAsync);
        boxes.MapPost(PeerRoutes.Reports, HearAsync);
    }

    private static async Task<IResult> OfferAsync(HttpContext context, PeerDirectory peers, NodeLoad load, CooperationDesk desk, PromisedPlaces promises)
    {
        if (CallerOf(context, peers) is not { } peer) return NotANode();
        if (Read(context, LendingJson.Default.Offer) is not { } offer) return Malformed();
        var standing = await LookAsync(load, context.RequestAborted);
        var isTaken = standing is { } known && known.Queue.Able.Contains(offer.Type)
            && desk.TakesFrom(peer.Id, known.View with { Load = known.View.Load - promises.Asked });
        if (isTaken) promises.Promise(peer.Id, offer.Type);
        return TypedResults.Json(new OfferAnswer(isTaken), LendingJson.Default.OfferAnswer);
    }

    private static async Task<IResult> GiveAsync(HttpContext context, PeerDirectory peers, NodeLoad load, CooperationDesk desk, Lender lender)
    {
        if (CallerOf(context, peers) is not { } peer) return NotANode();
        if (Read(context, LendingJson.Default.WorkRequest) is not { } request) return Malformed();
        if (await LookAsync(load, context.RequestAborted) is not { } standing || !desk.GivesTo(peer.Id, standing.View)) return TypedResults.NoContent();
        var tasks = await lender.LendAsync(peer.Id, request.Types, request.Most, context.RequestAborted);
        if (tasks.Count == 0) return TypedResults.NoContent();
        // Gone before it was told: it would hold the leases for nothing.
        if (context.RequestAborted.IsCancellationRequested)
        {
            foreach (var task in tasks) await lender.TakeBackAsync(task);
            return TypedResults.NoContent();
        }
        return TypedResults.Bytes(peers.Seal(peer, PeerRoutes.Requests, JsonSerializer.SerializeToUtf8Bytes(tasks, LendingJson.Default.IReadOnlyListLentTask)));
    }

    private static async Task<IResult> TakeAsync(HttpContext context, PeerDirectory peers, PromisedPlaces promises, Mirrors mirrors)
    {
        if (CallerOf(context, peers) is not { } home) return NotANode();
        if (Open(context, peers, home, PeerRoutes.Tasks, LendingJson.Default.LentTask) is not { } task || !ForeignRules.IsSound(task)) return Malformed();
        if (!promises.TryKeep(home.Id, task.Type) || !await mirrors.TryTakeAsync(home, task)) return Problem(StatusCodes.Status409Conflict, "no-place", "No place is kept for the task.");
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<IResult> HearAsync(HttpContext context, PeerDirectory peers, Lender lender)
    {
        if (CallerOf(context, peers) is not { } peer) return NotANode();
        if (Open(context, peers, peer, PeerRoutes.Reports, LendingJson.Default.LeaseReport) is not { } report || !ForeignRules.IsSound(report)) return Malformed();
        try
        {
            return TypedResults.Json(await lender.HearAsync(peer.Id, report, context.RequestAborted), LendingJson.Default.ReportAnswer);
        }
        catch (QueueUnavailableException unavailable)
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, unavailable.Name, unavailable.Message);
        }
    }

    private static async Task<Standing?> LookAsync(NodeLoad load, CancellationToken cancellationToken)
    {
        try
        {
            return await load.LookAsync(cancellationToken);
        }
        catch (QueueUnavailableException)
        {
            return null;
        }
    }

    private static FederationMember? CallerOf(HttpContext context, PeerDirectory peers) => peers.Find(context.FederationCaller().Id);

    private static T? Open<T>(HttpContext context, PeerDirectory peers, FederationMember from, string purpose, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(peers.Open(from, purpose, context.FederationBody().Span), type);
        }
        catch (Exception wrong) when (wrong is CryptographicException or JsonException)
        {
            return null;
        }
    }

    private static T? Read<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(context.FederationBody().Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IResult NotANode() => Problem(StatusCodes.Status403Forbidden, "not-a-node", "Only nodes of the federation share work.");

    private static IResult Malformed() => Problem(StatusCodes.Status400BadRequest, "malformed", "The body is not what this call takes, or was sealed for somebody else.");

    private static IResult Problem(int status, string name, string detail) => TypedResults.Problem(detail, statusCode: status, title: name);
}
