namespace Aspire.Hosting.ApplicationModel;

/// <summary>The variables of a process that is about to start.</summary>
public class EnvironmentCallbackContext
{
    internal EnvironmentCallbackContext(IResource resource, DistributedApplicationExecutionContext context, CancellationToken token) =>
        (Resource, ExecutionContext, CancellationToken) = (resource, context, token);

    /// <summary>Texts, or values that are filled in later.</summary>
    public Dictionary<string, object> EnvironmentVariables { get; } = [];

    /// <summary>Ends when the application stops.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The resource that starts.</summary>
    public IResource Resource { get; }

    /// <summary>Whether the application runs or is published.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; }
}

/// <summary>The arguments of a process that is about to start.</summary>
public sealed class CommandLineArgsCallbackContext
{
    internal CommandLineArgsCallbackContext(IResource resource, DistributedApplicationExecutionContext context, CancellationToken token) =>
        (Resource, ExecutionContext, CancellationToken) = (resource, context, token);

    /// <summary>Texts, or values that are filled in later.</summary>
    public IList<object> Args { get; } = [];

    /// <summary>Ends when the application stops.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Whether the application runs or is published.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; set; }

    /// <summary>The resource that starts.</summary>
    public IResource Resource { get; }
}
