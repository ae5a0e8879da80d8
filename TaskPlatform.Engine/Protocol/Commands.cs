using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>A caller's own name for a request, and a hash of what it asked for.</summary>
public sealed record IdempotencyKey(string Key, UInt128 Fingerprint);

/// <summary>What can be asked of a queue. A closed set: <see cref="TaskEngine.Apply"/> answers each with an <see cref="Outcome"/>.</summary>
public abstract record Command
{
    private Command()
    {
    }

    /// <summary>The caller's key: the same request is not carried out twice under it.</summary>
    public IdempotencyKey? Key { get; init; }

    /// <summary>Whether a short <see cref="Outcome.Noted"/> will do where the answer would show the whole task.</summary>
    public bool IsBrief { get; init; }

    /// <summary>One task.</summary>
    public sealed record Submit(TaskSubmission Task) : Command;

    /// <summary>Many tasks with their dependencies, all or nothing.</summary>
    /// <param name="GraphId">The graph's id.</param>
    /// <param name="Tasks">Its tasks.</param>
    /// <param name="Budget">What all of them, and the tasks that they add, may use together.</param>
    public sealed record SubmitGraph(string GraphId, ImmutableArray<TaskSubmission> Tasks, TaskBudget? Budget = null) : Command;

    /// <summary>Up to <paramref name="Max"/> tasks that fit the agent.</summary>
    /// <param name="AgentId">Who asks.</param>
    /// <param name="InstanceId">Which replica of it.</param>
    /// <param name="Types">Only these types; for an agent that never registered: what it can do.</param>
    /// <param name="Max">How many at most, 1 or more.</param>
    /// <param name="WaitMs">How long to wait for the first, in milliseconds; 0: not at all.</param>
    /// <param name="LeaseMs">How long the leases last, in milliseconds; null: as each task says.</param>
    /// <param name="ClaimId">The caller's name for this claim: repeated, it gets the same leases that still stand.</param>
    /// <param name="IsOfRegistered">Whether it is refused where the agent is not registered, or not any more; otherwise it is served as one that never said what it can do.</param>
    public sealed record Claim(
        string AgentId, string? InstanceId, ImmutableSortedSet<string>? Types, int Max, long WaitMs, long? LeaseMs, string? ClaimId, bool IsOfRegistered = false) : Command;

    /// <summary>A claim that waits has lost its caller.</summary>
    public sealed record AbandonClaim(Claim Waiting) : Command;

    /// <summary>A grant whose caller was gone before it could be told; uses no attempt.</summary>
    public sealed record Ungrant(string TaskId, UInt128 Token) : Command;

    /// <summary>
    /// An agent's instance is back and names the grants that it holds: those that stand get their full time again. Any other grant of this instance that
    /// was never begun did not reach it, and is given back; uses no attempt.
    /// </summary>
    public sealed record Rejoin(string AgentId, string InstanceId, ImmutableArray<HeldGrant> Held) : Command;

    /// <summary>The agent lives; and, where given, how far it is.</summary>
    public sealed record Heartbeat(
        string TaskId, UInt128 Token, double? Progress, string? Message, ReadOnlyMemory<byte>? Checkpoint, Usage? Usage) : Command;

    /// <summary>The work is done.</summary>
    public sealed record Complete(string TaskId, UInt128 Token, ReadOnlyMemory<byte>? Result, Usage? Usage, double? Confidence) : Command;

    /// <summary>The attempt failed.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="Token">The grant.</param>
    /// <param name="Error">What went wrong.</param>
    /// <param name="RetryAfterMs">Try again after this time, in milliseconds, without using up an attempt.</param>
    public sealed record Fail(string TaskId, UInt128 Token, TaskError Error, long? RetryAfterMs) : Command;

    /// <summary>The agent gives the task back untouched.</summary>
    public sealed record Release(string TaskId, UInt128 Token) : Command;

    /// <summary>The holder of the task adds tasks to it. Those that it added before are not added twice.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="Token">The grant.</param>
    /// <param name="Tasks">The tasks to add, 1 or more.</param>
    /// <param name="Waits">Whether the task waits until they are over; where they are already, it stays with its agent.</param>
    public sealed record AddChildren(string TaskId, UInt128 Token, ImmutableArray<TaskSubmission> Tasks, bool Waits) : Command;

    /// <summary>The holder of the task asks people. A question that was answered already leaves the task with its agent.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="Token">The grant.</param>
    /// <param name="Question">The question.</param>
    /// <param name="Choices">The answers that will be taken; empty: any.</param>
    public sealed record Ask(string TaskId, UInt128 Token, string Question, ImmutableArray<string> Choices) : Command;

    /// <summary>Somebody answers a task's question, or lets a task go on that waits for its budget.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="Json">The answer, as UTF-8 JSON.</param>
    /// <param name="Choice">The answer as text, where it is text.</param>
    /// <param name="Raise">To be added to the task's own budget, where the answer names amounts.</param>
    public sealed record Answer(string TaskId, ReadOnlyMemory<byte> Json, string? Choice, TaskBudget? Raise) : Command;

    /// <summary>A task that failed or was cancelled is to be tried anew, with what its failure cancelled.</summary>
    public sealed record Retry(string TaskId) : Command;

    /// <summary>Changes what may be changed of a task that is not over.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="Priority">The new priority; null leaves it.</param>
    /// <param name="NotBefore">The new date; null leaves it.</param>
    /// <param name="Labels">Labels to set, or with null to take away (RFC 7396); null leaves all.</param>
    public sealed record Patch(
        string TaskId, TaskPriority? Priority, NewDate? NotBefore, ImmutableSortedDictionary<string, string?>? Labels) : Command;

    /// <summary>A finished task is no longer needed. For a day it is remembered that there was one.</summary>
    public sealed record Delete(string TaskId) : Command;

    /// <summary>The same is to be done to every task that matches; goes on in steps, and over a restart.</summary>
    public sealed record Bulk(string OperationId, BulkAction Action, TaskFilter Filter, bool IsDryRun) : Command;

    /// <summary>How far a bulk operation is.</summary>
    public sealed record GetOperation(string OperationId) : Command;

    /// <summary>Tasks to be made at times. Replaces a schedule of the same name.</summary>
    public sealed record PutSchedule(string Name, ScheduleSpec Spec) : Command;

    /// <summary>No more tasks from a schedule; those it made stay.</summary>
    public sealed record DeleteSchedule(string Name) : Command;

    /// <summary>One schedule.</summary>
    public sealed record GetSchedule(string Name) : Command;

    /// <summary>All schedules, by name.</summary>
    public sealed record ListSchedules : Command;

    /// <summary>Who may take the tasks that name a route. Replaces a route of the same name; what was learned of candidates that stay is kept.</summary>
    public sealed record PutRoute(string Name, RouteSpec Spec) : Command;

    /// <summary>Tasks that name the route are routed no more.</summary>
    public sealed record DeleteRoute(string Name) : Command;

    /// <summary>One route.</summary>
    public sealed record GetRoute(string Name) : Command;

    /// <summary>All routes, by name.</summary>
    public sealed record ListRoutes : Command;

    /// <summary>Why a task is where it is.</summary>
    public sealed record Why(string TaskId) : Command;

    /// <summary>The owner brings records back that <see cref="TaskEngine.TakeWanted"/> asked for.</summary>
    public sealed record Bring(ImmutableArray<TaskItem> Tasks) : Command;

    /// <summary>Nobody wants the task any more.</summary>
    public sealed record Cancel(string TaskId, string? Reason) : Command;

    /// <summary>Nobody wants what is left of the graph any more.</summary>
    public sealed record CancelGraph(string GraphId, string? Reason) : Command;

    /// <summary>An agent says what it can do.</summary>
    /// <param name="AgentId">The agent.</param>
    /// <param name="Capabilities">What it can do.</param>
    /// <param name="MaxConcurrency">The slots of each of its instances.</param>
    /// <param name="SpeedClass">How fast it is; null leaves what it said before.</param>
    /// <param name="CostPerToken">What a token costs with it, in the operator's unit, 0 or more; null leaves what it said before.</param>
    public sealed record RegisterAgent(
        string AgentId, ImmutableSortedSet<string> Capabilities, int MaxConcurrency, SpeedClass? SpeedClass = null, double? CostPerToken = null) : Command;

    /// <summary>An agent is to be handed nothing more.</summary>
    public sealed record DrainAgent(string AgentId) : Command;

    /// <summary>An agent is gone for good: what it holds goes back into line, what it waits for is refused, and all that is known of it is forgotten.</summary>
    public sealed record RemoveAgent(string AgentId) : Command;

    /// <summary>Settings to change.</summary>
    public sealed record Configure(SettingsChange Change) : Command;

    /// <summary>Hand nothing out: of these types, or at all when there are none.</summary>
    public sealed record Pause(ImmutableSortedSet<string> Types) : Command;

    /// <summary>Hand out again: these types, or everything when there are none.</summary>
    public sealed record Resume(ImmutableSortedSet<string> Types) : Command;

    /// <summary>One task.</summary>
    public sealed record GetTask(string TaskId) : Command;

    /// <summary>A graph with its tasks.</summary>
    public sealed record GetGraph(string GraphId) : Command;

    /// <summary>Tasks that match, newest first.</summary>
    /// <param name="Filter">What to look for.</param>
    /// <param name="Limit">How many at most.</param>
    /// <param name="Before">Only tasks older than this place in line; <see cref="long.MaxValue"/>: from the newest.</param>
    public sealed record ListTasks(TaskFilter Filter, int Limit, long Before) : Command;

    /// <summary>All agents that are known.</summary>
    public sealed record ListAgents : Command;

    /// <summary>The queue's settings and counts.</summary>
    public sealed record GetQueue : Command;

    /// <summary>
    /// How many of this queue's own tasks wait and run, of those submitted after one time and until another, the newest 100,000 at most: by type, of those named each for
    /// itself, of all others together.
    /// </summary>
    /// <param name="Types">The types that are named.</param>
    /// <param name="AfterUnixMs">Tasks submitted then or before are left out, in Unix milliseconds.</param>
    /// <param name="UntilUnixMs">Tasks submitted later are left out, in Unix milliseconds.</param>
    public sealed record GetFigures(ImmutableSortedSet<string> Types, long AfterUnixMs, long UntilUnixMs) : Command;

    /// <summary>How many tasks there are of each kind, and how busy agents were since the running step of the analytics began.</summary>
    public sealed record GetLoad : Command;

    /// <summary>Whether claims are answered as they should be, and what the queue holds. Changes nothing of its own.</summary>
    public sealed record Probe : Command;
}

/// <summary>A grant that an agent says it holds.</summary>
public readonly record struct HeldGrant(string TaskId, UInt128 Token);

/// <summary>A date to set; null takes it away.</summary>
public readonly record struct NewDate(long? UnixMs);

/// <summary>What a bulk operation does.</summary>
/// <remarks>The numbers stand in stored records: never change one.</remarks>
public enum BulkAction : byte
{
    /// <summary>Cancels what is not over.</summary>
    Cancel = 1,

    /// <summary>Retries what failed or was cancelled.</summary>
    Retry = 2,

    /// <summary>Deletes what is over and not needed by what is not.</summary>
    Delete = 3,
}
