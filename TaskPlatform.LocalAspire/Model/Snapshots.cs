namespace Aspire.Hosting.ApplicationModel;

/// <summary>The names of a resource's states.</summary>
public static class KnownResourceStates
{
    public static readonly string Starting = "Starting";
    /// <summary>Its process runs; whether it is healthy is said apart.</summary>
    public static readonly string Running = "Running";
    public static readonly string FailedToStart = "FailedToStart";
    public static readonly string Stopping = "Stopping";
    /// <summary>Its process was killed, or ended with another exit code than 0.</summary>
    public static readonly string Exited = "Exited";
    /// <summary>Its process ended with exit code 0.</summary>
    public static readonly string Finished = "Finished";
    public static readonly string Waiting = "Waiting";
    public static readonly string NotStarted = "NotStarted";

    /// <summary>States that are left only by starting the resource again.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

/// <summary>A state's name, and how a dashboard should colour it.</summary>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    /// <summary>A state without a style.</summary>
    public static implicit operator ResourceStateSnapshot?(string? s) => s is null ? null : new(s, Style: null);
}

/// <summary>An address of a resource, and under which name it is shown.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>The address; a relative one counts from the endpoint's.</summary>
    public required string Url { get; set; }

    /// <summary>What to show with it.</summary>
    public string? DisplayText { get; set; }

    /// <summary>The endpoint it belongs to, if any.</summary>
    public EndpointReference? Endpoint { get; init; }
}

/// <summary>How a resource is at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>One of <see cref="KnownResourceStates"/>; null before anything happened.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>What its process ended with; 128 + the signal's number when it was killed.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Null while it does not run.</summary>
    public HealthStatus? HealthStatus { get; init; }
}

/// <summary>A change of a resource.</summary>
public class ResourceEvent
{
    internal ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot) =>
        (Resource, ResourceId, Snapshot) = (resource, resourceId, snapshot);

    /// <summary>The resource.</summary>
    public IResource Resource { get; }

    /// <summary>Which of its replicas.</summary>
    public string ResourceId { get; }

    /// <summary>How it is now.</summary>
    public CustomResourceSnapshot Snapshot { get; }

    internal bool IsHealthy => Snapshot.State?.Text == KnownResourceStates.Running && Snapshot.HealthStatus == HealthStatus.Healthy;

    internal bool HasEnded => Snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);
}
