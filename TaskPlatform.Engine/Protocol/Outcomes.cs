using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What a verb came to. A closed set; a refusal is a value like any other.</summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>Nothing was done.</summary>
    public sealed record Refused(Refusal Refusal) : Outcome;

    /// <summary>A task, new or as it is.</summary>
    /// <param name="View">The task.</param>
    /// <param name="IsNew">Whether this call made it.</param>
    /// <param name="Ended">The attempt that this call ended; null for any other call and for a repeat.</param>
    /// <param name="DeduplicatedBy">The unique key because of which this task is answered and none was made.</param>
    public sealed record TaskAnswer(TaskView View, bool IsNew = false, AttemptRecord? Ended = null, string? DeduplicatedBy = null) : Outcome;

    /// <summary>The short answer to a <see cref="Command.IsBrief"/> command.</summary>
    /// <param name="State">The task's state.</param>
    /// <param name="IsNew">Whether this call made it.</param>
    /// <param name="Type">The task's type, where <paramref name="Ended"/> is given.</param>
    /// <param name="Ended">The attempt that this call ended; null for any other call and for a repeat.</param>
    public sealed record Noted(TaskState State, bool IsNew, string? Type = null, AttemptRecord? Ended = null) : Outcome
    {
        private static readonly Noted[] Known =
            [.. Enumerable.Range(0, 2 * TaskStates.Count).Select(number => new Noted((TaskState)(number / 2), number % 2 == 1))];

        internal static Noted Of(TaskState state, bool isNew) => Known[(int)state * 2 + (isNew ? 1 : 0)];
    }

    /// <summary>A graph, new or as it is.</summary>
    public sealed record GraphAnswer(GraphView View, bool IsNew = false) : Outcome;

    /// <summary>The tasks granted; none is an answer too.</summary>
    public sealed record Claimed(ImmutableArray<TaskView> Grants) : Outcome
    {
        /// <summary>There was nothing to grant.</summary>
        public static readonly Claimed Nothing = new([]);
    }

    /// <summary>The claim or the retry waits; its answer comes with <see cref="TaskEngine.TakeAnswers"/>.</summary>
    public sealed record Parked : Outcome;

    /// <summary>Why a task is where it is.</summary>
    public sealed record WhyAnswer(WhyView View) : Outcome;

    /// <summary>A bulk operation, as it is now.</summary>
    public sealed record OperationAnswer(OperationItem Operation) : Outcome;

    /// <summary>Schedules.</summary>
    /// <param name="Schedules">The schedules, by name.</param>
    /// <param name="IsNew">Whether this call made the one that is answered.</param>
    public sealed record ScheduleList(ImmutableArray<ScheduleItem> Schedules, bool IsNew = false) : Outcome;

    /// <summary>Routes.</summary>
    /// <param name="Routes">The routes, by name.</param>
    /// <param name="IsNew">Whether this call made the one that is answered.</param>
    public sealed record RouteList(ImmutableArray<RouteItem> Routes, bool IsNew = false) : Outcome;

    /// <summary>The lease goes on.</summary>
    public sealed record Extended(long LeaseMs, bool CancelRequested) : Outcome;

    /// <summary>Of the grants that were named, those that stand.</summary>
    public sealed record Rejoined(ImmutableArray<StandingGrant> Standing) : Outcome;

    /// <summary>Tasks that matched, and where to go on; null: there are no more.</summary>
    public sealed record Page(ImmutableArray<TaskView> Tasks, long? Next) : Outcome;

    /// <summary>Agents.</summary>
    public sealed record AgentList(ImmutableArray<AgentItem> Agents) : Outcome;

    /// <summary>The queue.</summary>
    public sealed record QueueAnswer(QueueView View) : Outcome;

    /// <summary>Numbers by type.</summary>
    /// <param name="Types">In the order of their names; the last entry is for all types that were not named.</param>
    /// <param name="Slots">Of this queue's own agents that are registered and here.</param>
    public sealed record Figures(ImmutableArray<TypeFigures> Types, long Slots) : Outcome;

    /// <summary>How busy the queue is.</summary>
    public sealed record LoadAnswer(QueueLoad Load) : Outcome;

    /// <summary>What a probe found.</summary>
    public sealed record Probed(ProbeView View) : Outcome;

    /// <summary>Done; there is nothing to say.</summary>
    public sealed record Done : Outcome;
}

/// <summary>A grant that stands: for how long from now, in milliseconds, and whether its agent was asked to stop.</summary>
public readonly record struct StandingGrant(HeldGrant Grant, long LeaseMs, bool CancelRequested);
