using Microsoft.Extensions.Logging;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>
/// Speaks over a stream where HTTP/2 passes, else over HTTP: an agent's code is the same. Where the stream cannot be opened and HTTP can, HTTP is used for a
/// while before the stream is tried again.
/// </summary>
internal sealed class AgentLink(StreamLink stream, HttpLink http, string agentId, TimeProvider time, ILogger log) : IAgentLink
{
    private static readonly TimeSpan TriesAgainAfter = TimeSpan.FromMinutes(1);

    private const long OnStream = 0;

    private long _onHttpSince = OnStream; // a timestamp while HTTP is used

    // Whoever falls back in the middle of a task settles it over HTTP: a token means the same on both. A settlement that began before may open the stream
    // meanwhile; then it is used.
    private IAgentLink Now => stream.IsOpen || Volatile.Read(ref _onHttpSince) == OnStream ? stream : http;

    public async Task<TaskPlatformException?> OpenAsync(CancellationToken stop)
    {
        var since = Volatile.Read(ref _onHttpSince);
        if (!stream.IsOpen && since != OnStream && time.GetElapsedTime(since) < TriesAgainAfter) return await http.OpenAsync(stop);
        var failure = await stream.OpenAsync(stop);
        // A refusal is the service's answer: over HTTP it would be the same.
        if (failure is null or { Status: not null })
        {
            if (failure is null) Volatile.Write(ref _onHttpSince, OnStream);
            return failure;
        }
        if (await http.OpenAsync(stop) is not null) return failure;
        if (_onHttpSince == OnStream) log.StreamDoesNotPass(agentId, failure.Message);
        Volatile.Write(ref _onHttpSince, Math.Max(1, time.GetTimestamp()));
        return null;
    }

    public Task<Answer<IReadOnlyList<TaskInfo>>> ClaimAsync(int most, TimeSpan wait, CancellationToken stop) => Now.ClaimAsync(most, wait, stop);

    public async Task GiveBackAsync(CancellationToken stop)
    {
        await stream.GiveBackAsync(stop);
        await http.GiveBackAsync(stop);
    }

    // Always the stream: if it comes back it must name what is held.
    public IDisposable Hold(string taskId, string token, Action<StopReason> stop) => stream.Hold(taskId, token, stop);

    public Task<Answer<HeartbeatReply>> HeartbeatAsync(
        string taskId, HeartbeatRequest beat, TimeSpan retryFor, TimeSpan attemptTimeout, CancellationToken cancellationToken) =>
        Now.HeartbeatAsync(taskId, beat, retryFor, attemptTimeout, cancellationToken);

    public Task<TaskPlatformException?> SettleAsync(Settlement settlement, TimeSpan retryFor, CancellationToken cancellationToken) =>
        Now.SettleAsync(settlement, retryFor, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await http.DisposeAsync();
    }
}
