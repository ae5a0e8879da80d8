using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>A call as its caller saw it. Times are the world's, in milliseconds.</summary>
/// <param name="Command">What was asked.</param>
/// <param name="SentMs">When it was sent.</param>
/// <param name="OverMs">When it was answered or given up.</param>
/// <param name="Outcome">What was answered; null: unknown, it may have happened or not.</param>
/// <param name="Owner">Who answered; null where nobody did.</param>
internal sealed record Seen(Command Command, long SentMs, long OverMs, Outcome? Outcome, object? Owner);

/// <summary>An answer as it left its owner, whether or not it reached anybody.</summary>
/// <param name="Command">What was asked.</param>
/// <param name="Outcome">What was answered.</param>
/// <param name="Step">When, in the world's steps.</param>
internal sealed record Told(Command Command, Outcome Outcome, long Step);

/// <summary>What became of a task, read when everything was over.</summary>
/// <param name="State">Its state.</param>
/// <param name="Result">Its result, or empty.</param>
/// <param name="Why">Why it is where it is, for whoever reads a failure.</param>
internal sealed record FinalTask(TaskState State, string Result, string Why);

/// <summary>All that is known of a run when it is over.</summary>
internal sealed record History
{
    /// <summary>Ids that somebody tried to submit, and what each depends on.</summary>
    public Dictionary<string, TaskSubmission> Attempted { get; } = new(StringComparer.Ordinal);

    public List<Seen> Seen { get; } = [];

    public List<Told> Told { get; } = [];

    /// <summary>Null when it could not be read.</summary>
    public Dictionary<string, FinalTask>? Final { get; set; }

    /// <summary>Tokens of agents that beat all the time and could be heard.</summary>
    public HashSet<UInt128> Kept { get; } = [];

    /// <summary>Who answered last of all; what the others had promised a store that went back may have lost.</summary>
    public object? LastOwner { get; set; }

    /// <summary>Whether the store lost what nobody could send again.</summary>
    public bool StoreWentBack { get; set; }

    /// <summary>Why queues stopped that should not have, and what else went wrong on the way.</summary>
    public List<string> Troubles { get; } = [];
}
