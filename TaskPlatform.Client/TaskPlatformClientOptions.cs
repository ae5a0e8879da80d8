namespace TaskPlatform.Client;

/// <summary>How the client reaches the service and how long it tries.</summary>
public sealed class TaskPlatformClientOptions
{
    /// <summary>The service's address. Unset: found by service discovery under the name given to <c>AddTaskPlatformClient</c>.</summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// The service's address for gRPC, over which agents work when it can be reached. Unset: found by service discovery as the endpoint <c>grpc</c>; where
    /// <see cref="Address"/> is given and this is not, agents work over HTTP.
    /// </summary>
    public Uri? StreamAddress { get; set; }

    /// <summary>How long one attempt may take, besides what the call itself asks to wait. 10 s.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For how long a call that may be repeated is repeated; the attempt that runs then is the last. Zero: never repeated. 30 s.
    /// </summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the first repeat; it doubles with jitter. 0.2 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.2);

    /// <summary>The longest pause between repeats, unless the service asks for a longer one. 5 s.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(5);
}
