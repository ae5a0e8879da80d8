using Microsoft.Extensions.Options;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>The home's side: tasks of the own queue are leased to peers, and what peers say of them is what an agent would say.</summary>
internal sealed class Lender(NodeLoad load, IOptions<FederationNodeOptions> options, ILogger<Lender> logger)
{
    // All of them travel in one box.
    private const int MostAtOnce = 16;

    private readonly long _leaseMs = (long)(options.Value.LeaseSeconds * 1_000);

    /// <summary>Leases one task to a peer, and no other; null: it may not go, or is not there any more.</summary>
    /// <exception cref="QueueUnavailableException">Nobody here decides for the queue now.</exception>
    public async Task<LentTask?> LendAsync(string peer, string taskId, string type, CancellationToken cancellationToken)
        => (await LendAsync(peer, taskId, [type], most: 1, cancellationToken)).SingleOrDefault();

    /// <summary>Leases the tasks that are next to a peer.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="types">What it can do; types that do not leave are left out.</param>
    /// <param name="most">How many it has room for; of more than a few its wish is cut.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    /// <exception cref="QueueUnavailableException">Nobody here decides for the queue now.</exception>
    public Task<IReadOnlyList<LentTask>> LendAsync(string peer, IEnumerable<string> types, int most, CancellationToken cancellationToken)
        => LendAsync(peer, taskId: null, types, most, cancellationToken);

    private async Task<IReadOnlyList<LentTask>> LendAsync(string peer, string? taskId, IEnumerable<string> types, int most, CancellationToken cancellationToken)
    {
        var owner = await load.OwnerAsync(cancellationToken);
        var may = load.Types.Intersect(types);
        if (may.IsEmpty) return [];
        var replies = await owner.SendAllAsync([.. Enumerable.Repeat(new Command.Lend(peer, taskId, may, _leaseMs, options.Value.MostLentToAPeer), Math.Clamp(most, 1, MostAtOnce))]);
        if (replies[0].Failure is { } failure) throw failure;
        var lent = new List<LentTask>();
        foreach (var reply in replies)
        {
            if (reply.Reply?.Outcome is Outcome.Claimed { Grants: [var view] }) lent.Add(Leave(peer, view.Task));
        }
        return lent;
    }

    /// <summary>A record of what leaves stands in the log, whatever becomes of it.</summary>
    private LentTask Leave(string peer, TaskItem task)
    {
        Log.Lent(logger, task.Id, task.Type, peer);
        LendingMetrics.Lent(peer, task.Type);
        return Describe(task);
    }

    /// <summary>The peer never got it, or does not want it: back into line at its old place.</summary>
    public async Task TakeBackAsync(LentTask task)
    {
        try
        {
            var owner = await load.OwnerAsync(CancellationToken.None);
            await owner.SendAsync(new Command.Ungrant(task.TaskId, LeaseTokens.Read(task.Token)), CancellationToken.None);
        }
        catch (QueueUnavailableException)
        {
            // Its lease ends by itself.
        }
    }

    /// <summary>What a peer says about a task that it holds.</summary>
    /// <exception cref="QueueUnavailableException">Nobody here decides for the queue now; the report may count or not.</exception>
    public async Task<ReportAnswer> HearAsync(string peer, LeaseReport report, CancellationToken cancellationToken)
    {
        var owner = await load.OwnerAsync(cancellationToken);
        var outcome = (await owner.SendAsync(Translate(report) with { Speaker = FederationMarks.AgentOf(peer) }, CancellationToken.None)).Outcome;
        if (report.Verb is not (ReportVerb.Waiting or ReportVerb.Heartbeat)) LendingMetrics.Returned(peer, report.Verb, outcome is not Outcome.Refused);
        return outcome switch
        {
            Outcome.Extended extended => new ReportAnswer(true, extended.CancelRequested),
            Outcome.Refused => new ReportAnswer(false, false),
            _ => new ReportAnswer(true, false),
        };
    }

    private static LentTask Describe(TaskItem task) => new()
    {
        TaskId = task.Id,
        Token = LeaseTokens.Write(task.Lease!.Token),
        LeaseMs = task.Lease.DurationMs,
        Type = task.Type,
        Priority = (int)task.Priority,
        Description = task.Body!.Description,
        Payload = task.Body.Payload.IsEmpty ? null : task.Body.Payload.ToArray(),
        AgentLeaseMs = task.Body.Policy.LeaseMs,
        AttemptTimeoutMs = task.Body.Policy.AttemptTimeoutMs,
        StallMs = task.Body.Policy.StallMs,
        Traceparent = task.Body.Traceparent,
        // Its home counts it, wherever it is worked on.
        Cap = default(ReleaseCap).ToString(),
    };

    private static Command Translate(LeaseReport report)
    {
        var token = LeaseTokens.Read(report.Token);
        var usage = report is { Tokens: 0, Cost: 0 } ? (Usage?)null : new Usage(report.Tokens, report.Cost);
        return report.Verb switch
        {
            ReportVerb.Waiting => new Command.Heartbeat(report.TaskId, token, null, null, null, null) { IsWaiting = true },
            ReportVerb.Heartbeat => new Command.Heartbeat(report.TaskId, token, report.Progress, report.Message, Bytes(report.Checkpoint), usage),
            ReportVerb.Complete => new Command.Complete(report.TaskId, token, Bytes(report.Result), usage, report.Confidence),
            ReportVerb.Fail => new Command.Fail(report.TaskId, token, new TaskError(report.ErrorType ?? "failed", report.ErrorMessage ?? "", report.IsRetryable), null),
            _ => new Command.Release(report.TaskId, token),
        };
    }

    private static ReadOnlyMemory<byte>? Bytes(byte[]? bytes) => bytes is null ? null : new ReadOnlyMemory<byte>(bytes);
}
