using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

public sealed partial class TaskPlatformClient
{
    /// <summary>
    /// Asks for work. Without a claim id one is made, so that the leases of an answer that got lost are answered again
    /// and not left to lapse.
    /// </summary>
    public async Task<IReadOnlyList<TaskInfo>> ClaimAsync(string queue, ClaimRequest claim, CancellationToken cancellationToken = default) =>
        (await TryClaimAsync(queue, claim, retryFor: null, cancellationToken)).OrThrow().Tasks;

    /// <summary>Keeps the lease, and reports progress, a message or a checkpoint where given.</summary>
    /// <exception cref="TaskPlatformException"><see cref="ProblemTypes.LeaseLost"/>: stop the work, it belongs to somebody else.</exception>
    public async Task<HeartbeatReply> HeartbeatAsync(
        string queue, string taskId, HeartbeatRequest heartbeat, CancellationToken cancellationToken = default) =>
        (await TryHeartbeatAsync(queue, taskId, heartbeat, retryFor: null, attemptTimeout: null, cancellationToken)).OrThrow();

    /// <summary>The work is done.</summary>
    /// <exception cref="TaskPlatformException"><see cref="ProblemTypes.LeaseLost"/>, <see cref="ProblemTypes.TaskFinished"/>.</exception>
    public async Task<TaskInfo> CompleteAsync(
        string queue, string taskId, CompleteRequest complete, CancellationToken cancellationToken = default) =>
        (await TryCompleteAsync(queue, taskId, complete, retryFor: null, cancellationToken)).OrThrow();

    /// <summary>The attempt failed.</summary>
    /// <inheritdoc cref="CompleteAsync" path="/exception"/>
    public async Task<TaskInfo> FailAsync(string queue, string taskId, FailRequest fail, CancellationToken cancellationToken = default) =>
        (await TryFailAsync(queue, taskId, fail, retryFor: null, cancellationToken)).OrThrow();

    /// <summary>Gives a task back untried; it costs no attempt.</summary>
    /// <inheritdoc cref="CompleteAsync" path="/exception"/>
    public async Task<TaskInfo> ReleaseAsync(string queue, string taskId, string leaseToken, CancellationToken cancellationToken = default) =>
        (await TryReleaseAsync(queue, taskId, leaseToken, retryFor: null, cancellationToken)).OrThrow();

    /// <summary>
    /// Adds tasks to a task. When the answer shows it <see cref="TaskState.Waiting"/>, the grant has ended; otherwise the answer's inputs hold the
    /// children's results.
    /// </summary>
    /// <inheritdoc cref="CompleteAsync" path="/exception"/>
    public async Task<TaskInfo> AddChildrenAsync(
        string queue, string taskId, ChildrenRequest children, CancellationToken cancellationToken = default) =>
        (await TryAddChildrenAsync(queue, taskId, children, retryFor: null, cancellationToken)).OrThrow();

    /// <summary>
    /// Asks people. When the answer shows the task <see cref="TaskState.Waiting"/>, the grant has ended; otherwise it holds the answer that was
    /// given before.
    /// </summary>
    /// <inheritdoc cref="CompleteAsync" path="/exception"/>
    public async Task<TaskInfo> AskAsync(string queue, string taskId, AskRequest question, CancellationToken cancellationToken = default) =>
        (await TryAskAsync(queue, taskId, question, retryFor: null, cancellationToken)).OrThrow();

    /// <summary>Settles several leases, each for itself: look at each outcome.</summary>
    public async Task<IReadOnlyList<BatchOutcome>> SettleBatchAsync(
        string queue, IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken = default) =>
        (await PostNamedAsync(
            $"{QueuePath(queue)}/settle/batch",
            new SettleBatchRequest { Settle = settlements },
            WireJson.Default.SettleBatchRequest,
            WireJson.Default.BatchReply,
            Rule(),
            cancellationToken)).OrThrow().Outcomes;

    internal Task<Answer<ClaimReply>> TryClaimAsync(string queue, ClaimRequest claim, TimeSpan? retryFor, CancellationToken cancellationToken)
    {
        var wait = CheckWait(TimeSpan.FromSeconds(claim.WaitSeconds ?? 0));
        return PostNamedAsync(
            $"{QueuePath(queue)}/claims",
            claim with { ClaimId = claim.ClaimId ?? NewKey() },
            WireJson.Default.ClaimRequest,
            WireJson.Default.ClaimReply,
            Rule(wait, retryFor),
            cancellationToken);
    }

    internal Task<Answer<HeartbeatReply>> TryHeartbeatAsync(
        string queue, string taskId, HeartbeatRequest heartbeat, TimeSpan? retryFor, TimeSpan? attemptTimeout,
        CancellationToken cancellationToken) =>
        PostNamedAsync(
            $"{TaskPath(queue, taskId)}/heartbeat",
            heartbeat,
            WireJson.Default.HeartbeatRequest,
            WireJson.Default.HeartbeatReply,
            Rule(retryFor: retryFor, attemptTimeout: attemptTimeout),
            cancellationToken);

    internal Task<Answer<TaskInfo>> TryCompleteAsync(
        string queue, string taskId, CompleteRequest complete, TimeSpan? retryFor, CancellationToken cancellationToken) =>
        PostNamedAsync(
            $"{TaskPath(queue, taskId)}/complete",
            complete,
            WireJson.Default.CompleteRequest,
            WireJson.Default.TaskInfo,
            Rule(retryFor: retryFor),
            cancellationToken);

    internal Task<Answer<TaskInfo>> TryFailAsync(
        string queue, string taskId, FailRequest fail, TimeSpan? retryFor, CancellationToken cancellationToken) =>
        PostNamedAsync(
            $"{TaskPath(queue, taskId)}/fail",
            fail,
            WireJson.Default.FailRequest,
            WireJson.Default.TaskInfo,
            Rule(retryFor: retryFor),
            cancellationToken);

    internal Task<Answer<TaskInfo>> TryReleaseAsync(
        string queue, string taskId, string leaseToken, TimeSpan? retryFor, CancellationToken cancellationToken) =>
        PostNamedAsync(
            $"{TaskPath(queue, taskId)}/release",
            new ReleaseRequest { LeaseToken = leaseToken },
            WireJson.Default.ReleaseRequest,
            WireJson.Default.TaskInfo,
            Rule(retryFor: retryFor),
            cancellationToken);

    internal Task<Answer<TaskInfo>> TryAddChildrenAsync(
        string queue, string taskId, ChildrenRequest children, TimeSpan? retryFor, CancellationToken cancellationToken) =>
        PostNamedAsync(
            $"{TaskPath(queue, taskId)}/children",
            children,
            WireJson.Default.ChildrenRequest,
            WireJson.Default.TaskInfo,
            Rule(retryFor: retryFor),
            cancellationToken);

    internal Task<Answer<TaskInfo>> TryAskAsync(
        string queue, string taskId, AskRequest question, TimeSpan? retryFor, CancellationToken cancellationToken) =>
        PostNamedAsync(
            $"{TaskPath(queue, taskId)}/ask",
            question,
            WireJson.Default.AskRequest,
            WireJson.Default.TaskInfo,
            Rule(retryFor: retryFor),
            cancellationToken);
}
