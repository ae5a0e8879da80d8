namespace TaskPlatform.Tests.Simulation;

/// <summary>What can be wrong with a history. The first four are those of Jepsen's total-queue checker; its fifth, "recovered", is no fault.</summary>
public enum FindingKind
{
    /// <summary>A task was acknowledged and is not there, or its acknowledged result is not.</summary>
    Lost,

    /// <summary>Two completions of one task were accepted.</summary>
    Duplicated,

    /// <summary>A task or a result that nobody handed in.</summary>
    Unexpected,

    /// <summary>The world was healthy for ten minutes, and the task is not over.</summary>
    Stuck,

    /// <summary>Two agents rightly believed to have the task at the same time.</summary>
    Overlap,

    /// <summary>A task was taken from an agent that beat all the time.</summary>
    TakenAway,

    /// <summary>A grant that never reached its agent was left to lapse, although the agent had come back without it.</summary>
    Unheard,

    /// <summary>One grant was ended in two ways.</summary>
    SettledTwice,

    /// <summary>Somebody was told what no batch had written.</summary>
    Uncommitted,

    /// <summary>A read did not show what had been acknowledged before it was asked for.</summary>
    Stale,

    /// <summary>A task was handed out before what it depends on had completed.</summary>
    TooEarly,

    /// <summary>The store has batches behind others than those that their owner knew, or content that no history comes to.</summary>
    Mixed,

    /// <summary>A queue stopped or could not be read although nothing was lost.</summary>
    Stopped,
}

/// <summary>Something wrong.</summary>
public sealed record Finding(FindingKind Kind, string What)
{
    public override string ToString() => $"{Kind}: {What}";
}
