using System.Diagnostics;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>An agent over HTTP: claims by long poll, and a call for each heartbeat and settlement.</summary>
internal sealed class HttpLink(TaskPlatformClient client, AgentOptions options, IReadOnlyList<string> types) : IAgentLink
{
    private bool _isKnown;
    private ClaimRequest? _openClaim; // sent, and its answer is not known

    public async Task<TaskPlatformException?> OpenAsync(CancellationToken stop)
    {
        if (_isKnown) return null;
        var registration = new AgentRegistration
        {
            Capabilities = [.. options.Capabilities],
            MaxConcurrency = options.MaxConcurrency,
            SpeedClass = options.SpeedClass,
            CostPerToken = options.CostPerToken,
        };
        var answer = await client.TryRegisterAgentAsync(options.Queue, options.AgentId, registration, retryFor: TimeSpan.Zero, stop);
        _isKnown = answer.Failure is null;
        return answer.Failure;
    }

    public async Task<Answer<IReadOnlyList<TaskInfo>>> ClaimAsync(int most, TimeSpan wait, CancellationToken stop)
    {
        // A claim without an answer is repeated under its own id, so that what it granted is not left to lapse.
        _openClaim = (_openClaim ?? NewClaim(most)) with { WaitSeconds = wait.TotalSeconds };
        var answer = await client.TryClaimAsync(options.Queue, _openClaim, retryFor: TimeSpan.Zero, stop);
        if (answer.Failure is not { IsOutcomeUnknown: true }) _openClaim = null;
        // A service that was away, or does not know the agent, is told again who it is.
        if (answer.Failure is not null) _isKnown = false;
        return new(answer.Value?.Tasks ?? [], answer.Failure);
    }

    /// <summary>
    /// The last claim was broken off, and its answer may have been on the way. Asked again under the same id it names what it granted.
    /// </summary>
    public async Task GiveBackAsync(CancellationToken stop)
    {
        if (_openClaim is null || !_isKnown) return;
        var answer = await client.TryClaimAsync(options.Queue, _openClaim with { WaitSeconds = 0 }, retryFor: TimeSpan.Zero, stop);
        await Task.WhenAll((answer.Value?.Tasks ?? []).Where(task => task.Lease is not null).Select(
            task => client.TryReleaseAsync(options.Queue, task.Id, task.Lease!.Token, retryFor: TimeSpan.Zero, stop)));
    }

    public IDisposable Hold(string taskId, string token, Action<StopReason> stop) => Nothing.Instance;

    public Task<Answer<HeartbeatReply>> HeartbeatAsync(
        string taskId, HeartbeatRequest beat, TimeSpan retryFor, TimeSpan attemptTimeout, CancellationToken cancellationToken) =>
        client.TryHeartbeatAsync(options.Queue, taskId, beat, retryFor, attemptTimeout, cancellationToken);

    public async Task<TaskPlatformException?> SettleAsync(Settlement settlement, TimeSpan retryFor, CancellationToken cancellationToken)
    {
        var (id, token) = (settlement.Id!, settlement.LeaseToken!);
        var answer = settlement switch
        {
            { Complete: { } done } => await client.TryCompleteAsync(options.Queue, id, done with { LeaseToken = token }, retryFor, cancellationToken),
            { Fail: { } failed } => await client.TryFailAsync(options.Queue, id, failed with { LeaseToken = token }, retryFor, cancellationToken),
            { Release: not null } => await client.TryReleaseAsync(options.Queue, id, token, retryFor, cancellationToken),
            _ => throw new UnreachableException("A settlement that says nothing."),
        };
        return answer.Failure;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ClaimRequest NewClaim(int most) => new()
    {
        AgentId = options.AgentId,
        InstanceId = options.InstanceId,
        Types = types,
        Max = most,
        LeaseSeconds = options.LeaseSeconds,
        ClaimId = Guid.NewGuid().ToString("N"),
    };

    // Over HTTP the service says nothing by itself: the next heartbeat's answer does.
    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
        }
    }
}
