namespace TaskPlatform.Client.Federation;

/// <summary>A node's registration. It has no fields: the name stands in the address.</summary>
public sealed record NodeRegistration;

/// <summary>What the aggregator expects of a registered node.</summary>
public sealed record NodeRegistered
{
    /// <summary>The node.</summary>
    public required string NodeId { get; init; }

    /// <summary>How often to report, in seconds.</summary>
    public required double ReportSeconds { get; init; }

    /// <summary>After so many seconds without a report the node counts as stale.</summary>
    public required double StaleSeconds { get; init; }
}

/// <summary>The federation as a whole. A single node's numbers are not told, only their sum and each node's age.</summary>
public sealed record FederationReport
{
    /// <summary>Unfinished tasks of all nodes that are not stale.</summary>
    public required long Unfinished { get; init; }

    /// <summary>The sums by type over all nodes that are not stale, in order of type.</summary>
    public required IReadOnlyList<TypeSummary> Types { get; init; }

    /// <summary>Every registered node, in order of name.</summary>
    public required IReadOnlyList<NodeAge> Nodes { get; init; }
}

/// <summary>How old a node's last report is.</summary>
public sealed record NodeAge
{
    /// <summary>The node.</summary>
    public required string NodeId { get; init; }

    /// <summary>Seconds since its last report; unset when it has not reported since it registered.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>Its numbers are missing or too old, and are left out of the sums.</summary>
    public required bool Stale { get; init; }
}
