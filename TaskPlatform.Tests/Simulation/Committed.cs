using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>What batches that were really written say of tasks, each with the first moment at which it stood there.</summary>
internal sealed class Committed(Func<At> now)
{
    private readonly Dictionary<string, At> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Grant>> _grants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UInt128> _standing = new(StringComparer.Ordinal);

    /// <summary>A lease that was granted.</summary>
    /// <param name="Token">Its token.</param>
    /// <param name="Since">The first moment at which it can have stood in a record.</param>
    /// <param name="By">A moment at which it certainly did.</param>
    /// <param name="DurationMs">How long it was to last, in milliseconds.</param>
    /// <param name="Holder">Whose it was: the agent, and which replica of it.</param>
    public sealed record Grant(UInt128 Token, At Since, At By, long DurationMs, (string AgentId, string? InstanceId) Holder);

    public static string Known(string id) => id;

    public static string Leased(string id, UInt128 token) => $"{id} leased {token:x}";

    /// <summary>The holder was heard of.</summary>
    public static string Begun(string id, UInt128 token) => $"{id} begun {token:x}";

    /// <summary>The lease did not stand any more.</summary>
    public static string Ended(string id, UInt128 token) => $"{id} ended {token:x}";

    public static string Settled(string id, UInt128 token, SettleVerb verb) => $"{id} {verb} {token:x}";

    public static string Completed(string id) => $"{id} completed";

    /// <summary>Some checkpoint: of several in one batch only the last stands anywhere.</summary>
    public static string Checkpointed(string id) => $"{id} checkpointed";

    /// <summary>When it first stood there; null: never yet.</summary>
    public At? Since(string fact) => _facts.TryGetValue(fact, out var at) ? at : null;

    /// <summary>Every lease of each task, in the order in which they came.</summary>
    public IReadOnlyDictionary<string, List<Grant>> Grants => _grants;

    /// <summary>What callers saw, where nobody looked into the store. A task's grants are in the order of its attempts: each call of this load uses one.</summary>
    public static Committed Of(IEnumerable<Seen> calls)
    {
        var committed = new Committed(() => default);
        var grants = new List<(TaskItem Task, Grant Grant)>();
        foreach (var call in calls.OrderBy(call => call.SentMs))
        {
            var (since, by) = (new At(call.SentMs, call.SentMs), new At(call.OverMs, call.OverMs));
            if (call is { Command: Command.Complete complete, Outcome: not Outcome.Refused }) committed._facts.TryAdd(Completed(complete.TaskId), since);
            if (call.Outcome is not Outcome.Claimed claimed) continue;
            foreach (var task in claimed.Grants.Select(view => view.Task))
            {
                if (committed._facts.TryAdd(Leased(task.Id, task.Lease!.Token), since)) grants.Add((task, new Grant(task.Lease.Token, since, by, task.Lease.DurationMs, (task.Lease.AgentId, task.Lease.InstanceId))));
            }
        }
        foreach (var (task, grant) in grants.OrderBy(grant => grant.Task.Attempt).ThenBy(grant => grant.Grant.By.Ms)) committed.Add(task.Id, grant);
        return committed;
    }

    public void Read(CommitBatch batch)
    {
        foreach (var change in batch.Tasks)
        {
            if (change.IsDelete || TaskFields.Parse(change.Field, out var idLength) != TaskPart.State) continue;
            Read(TaskRecords.ReadState(change.Field[..idLength], change.Value));
        }
    }

    private void Read(TaskItem task)
    {
        Note(Known(task.Id));
        NoteLease(task);
        foreach (var (token, verb) in task.Settled) Note(Settled(task.Id, token, verb));
        if (task.State == TaskState.Completed) Note(Completed(task.Id));
        if (!task.Checkpoint.IsEmpty) Note(Checkpointed(task.Id));
    }

    private void NoteLease(TaskItem task)
    {
        if (_standing.Remove(task.Id, out var before) && before != task.Lease?.Token) Note(Ended(task.Id, before));
        if (task.Lease is not { } lease) return;
        _standing[task.Id] = lease.Token;
        if (task.State == TaskState.InProgress) Note(Begun(task.Id, lease.Token));
        if (Note(Leased(task.Id, lease.Token))) Add(task.Id, new Grant(lease.Token, now(), now(), lease.DurationMs, (lease.AgentId, lease.InstanceId)));
    }

    private bool Note(string fact) => _facts.TryAdd(fact, now());

    private void Add(string id, Grant grant)
    {
        if (!_grants.TryGetValue(id, out var grants)) _grants.Add(id, grants = []);
        grants.Add(grant);
    }
}

/// <summary>A moment: the world's step, and its clock in milliseconds.</summary>
internal readonly record struct At(long Step, long Ms);
