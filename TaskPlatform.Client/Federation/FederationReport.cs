namespace TaskPlatform.Client.Federation;

/// <summary>The federation's figures as they were last released: sums over nodes, with noise in each number. A sum may be off, and even below nought.</summary>
public sealed record FederationReport
{
    /// <summary>The round they are of: Unix milliseconds of its begin. Each round's is higher than the one before.</summary>
    public required long Round { get; init; }

    /// <summary>When the sum was opened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long ago that was, in seconds.</summary>
    public required double AgeSeconds { get; init; }

    /// <summary>Whether they are older than four periods: nodes that see this work alone.</summary>
    public required bool Stale { get; init; }

    /// <summary>How many nodes are in the sums.</summary>
    public required int Nodes { get; init; }

    /// <summary>How many nodes are admitted.</summary>
    public required int Members { get; init; }

    /// <summary>Tasks that wait or run, of those that came in the last two rounds of their node.</summary>
    public required int Load { get; init; }

    /// <summary>Slots of agents that are there.</summary>
    public required int Capacity { get; init; }

    /// <summary>The load of a node on average.</summary>
    public required double MeanLoad { get; init; }

    /// <summary>By type; <c>other</c> is the last and stands for all that have no name of their own.</summary>
    public required IReadOnlyList<FederationTypeReport> Types { get; init; }

    /// <summary>What is promised to each task.</summary>
    public required FederationPrivacy Privacy { get; init; }

    /// <summary>Why the last round that gave no sum gave none; unset when there was none since the aggregator started.</summary>
    public FederationAbort? LastAbort { get; init; }
}

/// <summary>The sums of a type.</summary>
public sealed record FederationTypeReport
{
    /// <summary>The type.</summary>
    public required string Type { get; init; }

    /// <summary>Tasks that wait for an agent.</summary>
    public required int Queued { get; init; }

    /// <summary>Tasks that an agent has.</summary>
    public required int Running { get; init; }

    /// <summary>Tasks that completed or failed since each node's release before.</summary>
    public required int Completed { get; init; }

    /// <summary>Of them, those that completed.</summary>
    public required int Succeeded { get; init; }

    /// <summary>The part of them that completed, 0 to 1; unset below a count of four standard deviations of the noise, as are the two that follow.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>From a task's first start to its end on average, in seconds.</summary>
    public double? MeanSeconds { get; init; }

    /// <summary>Nineteen of twenty took no longer, in seconds.</summary>
    public double? P95Seconds { get; init; }
}

/// <summary>What the noise promises: whether or not one task was ever there, no figures are more than e^ε times as likely, but for a probability of δ.</summary>
public sealed record FederationPrivacy
{
    /// <summary>ε for a task's whole life; unset where the federation agreed on no noise, and so on no promise.</summary>
    public double? Epsilon { get; init; }

    /// <summary>δ.</summary>
    public required double Delta { get; init; }

    /// <summary>The standard deviation of the noise in each number of these sums.</summary>
    public required double Sigma { get; init; }
}

/// <summary>A round that gave no sum.</summary>
public sealed record FederationAbort
{
    /// <summary>The round.</summary>
    public required long Round { get; init; }

    /// <summary>The reason's name, such as <c>CohortTooSmall</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>The same in words.</summary>
    public required string Detail { get; init; }
}
