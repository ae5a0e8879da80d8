using System.Collections.Immutable;
using CsCheck;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Records;

/// <summary>Random tasks: whatever a field may hold, also what the engine would never put there.</summary>
public static class TaskGens
{
    private static readonly string[] Odd = ["", "é", "漢字", "\"\\\n"];

    public static readonly Gen<string> Texts = Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 20], Gen.Int[0, 3], (word, odd) => word + Odd[odd]);

    private static readonly Gen<ReadOnlyMemory<byte>> Bytes = Gen.Byte.Array[0, 300].Select(bytes => (ReadOnlyMemory<byte>)bytes);
    public static readonly Gen<UInt128> Bits = Gen.Select(Gen.ULong, Gen.ULong, (high, low) => new UInt128(high, low));
    private static readonly Gen<double> MaybeSaid = Gen.OneOf(Gen.Double.Unit, Gen.Const(double.NaN));
    public static readonly Gen<Usage> Usages = Gen.Select(Gen.Int[0, 2], Gen.Long, (kind, tokens) => kind == 0 ? default : new Usage(tokens, kind / 4.0));
    public static readonly Gen<TaskBudget> Budgets = Gen.Select(Gen.Nullable(Gen.Long), Gen.Nullable(Gen.Double.Unit), (tokens, cost) => new TaskBudget(tokens, cost));
    public static readonly Gen<DependencyEdge> Edges = Gen.Select(Texts, Gen.Int[0, 2], (id, on) => new DependencyEdge(id, (EdgeKind)on));
    private static readonly Gen<SettledGrant> Settled = Gen.Select(Bits, Gen.Int[1, 5], (token, verb) => new SettledGrant(token, (SettleVerb)verb));

    public static readonly Gen<ImmutableSortedDictionary<string, string>> Labels
        = Gen.Dictionary(Texts, Texts)[0, 4].Select(labels => labels.ToImmutableSortedDictionary(StringComparer.Ordinal));

    private static readonly Gen<TaskError?> Errors
        = Gen.Select(Gen.Bool, Texts, Texts, Gen.Bool, (has, type, message, retryable) => has ? new TaskError(type, message, retryable) : null);

    private static readonly Gen<AttemptRecord> Attempts = Gen.Select(Gen.Int, Texts, Gen.Null(Texts), Gen.Long, Texts, Errors,
        (attempt, agent, instance, at, outcome, error) => new AttemptRecord(attempt, agent, instance, at, at ^ 0x55, outcome, error));

    private static readonly Gen<TaskQuestion> Questions
        = Gen.Select(Texts, Texts.Array[0, 3], Bytes, (text, choices, answer) => new TaskQuestion(text, [.. choices], answer));

    private static readonly Gen<Lease> Leases = Gen.Select(
        Gen.Select(Bits, Texts, Gen.Null(Texts), Gen.Null(Texts)), Gen.Select(Gen.Long, Gen.Long, Gen.Int, Usages),
        (a, b) => new Lease
        {
            Token = a.Item1,
            AgentId = a.Item2,
            InstanceId = a.Item3,
            ClaimId = a.Item4,
            DurationMs = b.Item1,
            GrantedUnixMs = b.Item2,
            Regrants = b.Item3,
            Reserved = b.Item4,
        });

    private static readonly Gen<TaskHistory> Histories = Gen.Select(
        Gen.Select(Gen.Int, Gen.Int, Gen.Bool, Gen.Int), Gen.Select(Gen.Int, Gen.Long, Gen.Long, Gen.Long),
        Gen.Select(Errors, MaybeSaid, Gen.Null(Texts), Bytes), Gen.Select(MaybeSaid, Usages, Gen.Nullable(Usages), Usages),
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Null(Texts), Gen.Null(Texts)), Gen.Select(Gen.Null(Questions), Edges.Array[0, 3], Attempts.Array[0, 5]),
        (a, b, c, d, e, f) => new TaskHistory
        {
            AttemptsUsed = a.Item1,
            AttemptsForgiven = a.Item2,
            IsAttemptOpen = a.Item3,
            Requeues = a.Item4,
            Losses = b.Item1,
            ReadyAgainUnixMs = b.Item2,
            WorkedMs = b.Item3,
            BackoffMs = b.Item3 / 3,
            BackoffEndsUnixMs = -b.Item4,
            Error = c.Item1,
            Progress = c.Item2,
            Message = c.Item3,
            Checkpoint = c.Item4,
            Confidence = d.Item1,
            Used = d.Item2,
            Reported = d.Item3,
            BudgetRaise = d.Item4,
            IsBudgetWaived = e.Item1,
            IsRerouted = e.Item2,
            CancelRequested = e.Item1 ^ e.Item2,
            CancelReason = e.Item3,
            CancelledBy = e.Item4,
            Question = f.Item1,
            Routing = f.Item1 is { } asked ? new TaskRouting(asked.Text, b.Item1.ToString("x", null), asked.Text, asked.Choices, d.Item2) : null,
            Verdict = f.Item1 is { } said ? new TaskVerdict(said.Text, e.Item1, e.Item3, d.Item2.Cost) : null,
            FiredEdges = [.. f.Item2],
            Attempts = [.. f.Item3],
        });

    private static readonly Gen<TaskItem> Identities = Gen.Select(
        Gen.Select(Texts, Texts, Gen.Long, Gen.Long), Gen.Select(Bits, Gen.Null(Texts), Gen.Null(Texts), Edges.Array[0, 4]),
        Gen.Select(Gen.Nullable(Gen.Long), Gen.Int[1, 4], Labels, Gen.Nullable(Gen.Long)),
        (a, b, c) => new TaskItem
        {
            Id = a.Item1,
            Type = a.Item2,
            Order = a.Item3,
            CreatedUnixMs = a.Item4,
            Fingerprint = b.Item1,
            GraphId = b.Item2,
            ParentId = b.Item3,
            DependsOn = [.. b.Item4],
            DeadlineUnixMs = c.Item1,
            Priority = (TaskPriority)c.Item2,
            Labels = c.Item3,
            NotBeforeUnixMs = c.Item4,
            IsVerifier = c.Item2 == 4,
        });

    /// <summary>A task in any state, with a lease where it must have one, and waiting for something where it must.</summary>
    public static readonly Gen<TaskItem> Tasks = Gen.Select(
        Identities, Gen.Null(Histories), Leases, Settled.Array[0, 5], Gen.Select(Gen.Int[0, 8], Gen.Int[1, 4], Gen.Null(Texts), Gen.Nullable(Gen.Long), Gen.Int),
        (task, history, lease, settled, more) =>
        {
            task.State = (TaskState)more.Item1;
            task.History = history;
            if (task.State.IsLeased()) task.Lease = lease;
            if (task.State == TaskState.Waiting) task.Told.Waits = (WaitReason)more.Item2;
            if (task.History is { Waits: WaitReason.Verdict }) task.Told.VerifierId = more.Item3 ?? "v";
            (task.Settled, task.AssignedAgent, task.StartedUnixMs, task.FinishedUnixMs) = ([.. settled], more.Item3, more.Item4, ~more.Item4);
            task.ResultBytes = more.Item5;
            return task;
        });

    private static readonly Gen<TaskPolicy> Policies = Gen.Select(
        Gen.Int, Gen.Bool, Gen.Long, Gen.Nullable(Gen.Long), Gen.Bool,
        (most, exponential, number, stall, fails) => new TaskPolicy
        {
            MaxAttempts = most,
            Backoff = new(exponential, number, ~number),
            LeaseMs = number / 5,
            AttemptTimeoutMs = -number,
            StallMs = stall,
            FailsWithChild = fails,
            Verifier = exponential ? $"verifier {most}" : null,
        });

    private static readonly Gen<TaskFlow> Flows = Gen.Select(
        Gen.Select(Gen.Null(Texts), Gen.Null(Texts), Gen.Null(Texts), Gen.Int), Gen.Select(Gen.Null(Texts), Gen.Null(Budgets), Gen.Null(Texts)),
        (a, b) => new TaskFlow
        {
            ConcurrencyKey = a.Item1,
            RateLimitKey = a.Item2,
            FairnessKey = a.Item3,
            Weight = a.Item4,
            BudgetKey = b.Item1,
            Budget = b.Item2,
            Route = b.Item3,
        });

    public static readonly Gen<TaskBody> Bodies = Gen.Select(
        Gen.Select(Gen.Null(Texts), Bytes, Texts.Array[0, 4], Gen.Null(Texts)), Gen.OneOf(Policies, Gen.Const(TaskPolicy.Default)),
        Gen.OneOf(Flows, Gen.Const(TaskFlow.None)), Gen.Null(Gen.Select(Texts, Gen.Nullable(Gen.Long), (key, forMs) => new UniqueKey(key, forMs))),
        (a, policy, flow, unique) => new TaskBody
        {
            Description = a.Item1,
            Payload = a.Item2,
            Capabilities = [.. a.Item3],
            Policy = policy,
            Flow = flow,
            Unique = unique,
            Traceparent = a.Item4,
        });
}
