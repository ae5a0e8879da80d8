namespace TaskPlatform.Client;

/// <summary>Does the work of one task type. A new instance is made for each attempt, in a service scope of its own.</summary>
/// <typeparam name="TIn">What the payload is read as.</typeparam>
/// <typeparam name="TOut">What becomes the result.</typeparam>
public interface ITaskHandler<TIn, TOut>
{
    /// <summary>
    /// Works. What is returned completes the task. An exception fails the attempt, to be retried unless it is a
    /// <see cref="TaskFailedException"/> that says otherwise. A handler that adds tasks or asks a question is left by an exception while its task
    /// waits, and runs again from the top when the wait is over.
    /// </summary>
    /// <param name="input">The payload.</param>
    /// <param name="context">What is known of the task, and how to report.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the lease is lost (somebody else may already have the task), when the task waits, when a cancel is asked, or when the agent
    /// stops. Pass it on and stop soon.
    /// </param>
    Task<TOut> HandleAsync(TIn input, TaskContext context, CancellationToken cancellationToken);
}

/// <summary>Thrown by a handler that knows how its failure is to be reported.</summary>
/// <param name="type">A short name that callers may switch on, for example <c>file-not-found</c>.</param>
/// <param name="message">For people.</param>
/// <param name="retryable">Whether another attempt makes sense.</param>
/// <param name="retryAfter">Try again after so long without counting this attempt; unset: the task's own backoff.</param>
/// <param name="cause">What led to it.</param>
public sealed class TaskFailedException(
    string type, string message, bool retryable, TimeSpan? retryAfter = null, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>A short name that callers may switch on.</summary>
    public string Type { get; } = type;

    /// <summary>Whether another attempt makes sense.</summary>
    public bool Retryable { get; } = retryable;

    /// <summary>Try again after so long without counting this attempt.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
