using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>Asks and tells other nodes. Each call is signed and goes over a connection that both ends have proved themselves on.</summary>
internal sealed class PeerClient(PeerDirectory peers, PeerConnections connections)
{
    /// <summary>Whether the peer has promised to take a task of that type.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or refused the call.</exception>
    public async Task<bool> OfferAsync(FederationMember peer, string type, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(new Offer(type), LendingJson.Default.Offer);
        using var answer = await connections.To(peer).PostAsync(PeerRoutes.Offers, content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await ReadAsync(() => answer.Content.ReadFromJsonAsync(LendingJson.Default.OfferAnswer, cancellationToken))).IsTaken;
    }

    /// <summary>Hands a task over. False: the peer does not want it any more.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or refused the call; the task may have arrived.</exception>
    public async Task<bool> SendAsync(FederationMember peer, LentTask task, CancellationToken cancellationToken)
    {
        using var content = Sealed(peer, PeerRoutes.Tasks, JsonSerializer.SerializeToUtf8Bytes(task, LendingJson.Default.LentTask));
        using var answer = await connections.To(peer).PostAsync(PeerRoutes.Tasks, content, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Conflict) return false;
        answer.EnsureSuccessStatusCode();
        return true;
    }

    /// <summary>Tasks of these types, leased to this node; none: the peer gives none.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or refused the call.</exception>
    public async Task<IReadOnlyList<LentTask>> AskForWorkAsync(FederationMember peer, WorkRequest request, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(request, LendingJson.Default.WorkRequest);
        using var answer = await connections.To(peer).PostAsync(PeerRoutes.Requests, content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        if (answer.StatusCode == HttpStatusCode.NoContent) return [];
        var box = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return await ReadAsync(() => Task.FromResult(JsonSerializer.Deserialize(peers.Open(peer, PeerRoutes.Requests, box), LendingJson.Default.IReadOnlyListLentTask)));
    }

    /// <summary>Tells the home of a task how it stands.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or refused the call.</exception>
    public async Task<ReportAnswer> ReportAsync(FederationMember home, LeaseReport report, CancellationToken cancellationToken)
    {
        using var content = Sealed(home, PeerRoutes.Reports, JsonSerializer.SerializeToUtf8Bytes(report, LendingJson.Default.LeaseReport));
        using var answer = await connections.To(home).PostAsync(PeerRoutes.Reports, content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await ReadAsync(() => answer.Content.ReadFromJsonAsync(LendingJson.Default.ReportAnswer, cancellationToken));
    }

    /// <summary>An answer that cannot be read is a call that failed: a peer of another version may well give one.</summary>
    private static async Task<T> ReadAsync<T>(Func<Task<T?>> read)
        where T : class
    {
        try
        {
            return await read() ?? throw new HttpRequestException("The peer's answer is empty.");
        }
        catch (Exception unreadable) when (unreadable is JsonException or CryptographicException)
        {
            throw new HttpRequestException($"The peer's answer cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private ByteArrayContent Sealed(FederationMember peer, string purpose, byte[] plaintext)
        => new(peers.Seal(peer, purpose, plaintext)) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
}

/// <summary>Where nodes ask each other. A route is also what a sealed box is bound to.</summary>
internal static class PeerRoutes
{
    /// <summary>As many tasks as are lent at once, each with a payload of the largest size, written as base64 among the rest.</summary>
    public const int MaxBoxBytes = 8 << 20;

    /// <summary>Has the peer room for a task?</summary>
    public const string Offers = "/v1/peers/offers";

    /// <summary>A task for the peer.</summary>
    public const string Tasks = "/v1/peers/tasks";

    /// <summary>Has the peer a task to give?</summary>
    public const string Requests = "/v1/peers/requests";

    /// <summary>How a task stands that the peer has lent.</summary>
    public const string Reports = "/v1/peers/reports";
}
