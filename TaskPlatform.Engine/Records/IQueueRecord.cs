namespace TaskPlatform.Engine;

/// <summary>What a record is of. The numbers stand in stored records: never change one.</summary>
public enum RecordKind : byte
{
    /// <summary>A task's state.</summary>
    State = 1,

    /// <summary>What a task was submitted with.</summary>
    Body = 2,

    /// <summary>A task's result.</summary>
    Result = 3,

    /// <summary>An agent.</summary>
    Agent = 4,

    /// <summary>A graph.</summary>
    Graph = 5,

    /// <summary>An idempotency key.</summary>
    Key = 6,

    /// <summary>The queue's settings.</summary>
    Settings = 7,

    /// <summary>A schedule.</summary>
    Schedule = 8,

    /// <summary>A bulk operation.</summary>
    Operation = 9,

    /// <summary>A unique key that outlives its task.</summary>
    Unique = 10,

    /// <summary>A task that was deleted.</summary>
    Tombstone = 11,

    /// <summary>What was granted of a rate limit key lately.</summary>
    Rate = 12,

    /// <summary>What was used of a budget key.</summary>
    Budget = 13,

    /// <summary>Five minutes of the queue's analytics.</summary>
    Step = 14,

    /// <summary>A route, and what was learned of its candidates.</summary>
    Route = 15,
}

/// <summary>Something of a queue that is stored beside its tasks.</summary>
public interface IQueueRecord
{
    /// <summary>What it is.</summary>
    RecordKind Kind { get; }

    /// <summary>Its name among those of its kind.</summary>
    string Key { get; }
}
