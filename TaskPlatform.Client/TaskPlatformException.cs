using System.Net;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

/// <summary>A call was refused, or its outcome is unknown.</summary>
public sealed class TaskPlatformException : Exception
{
    internal TaskPlatformException(string message, HttpStatusCode? status, Problem? problem, TimeSpan? retryAfter, Exception? cause = null)
        : base(message, cause)
    {
        Status = status;
        Problem = problem;
        RetryAfter = retryAfter;
    }

    /// <summary>The HTTP status; unset when no answer came.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>What the service said, when it said it as RFC 9457 does.</summary>
    public Problem? Problem { get; }

    /// <summary>One of <see cref="ProblemTypes"/>, or empty.</summary>
    public string ProblemType => Problem?.Name ?? "";

    /// <summary>How long the service asked to wait.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>
    /// No answer, 408, 429 or 5xx: it may have happened or not. Repeat the call with the same idempotency key, id, claim id or lease token.
    /// </summary>
    public bool IsOutcomeUnknown =>
        Status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status.Value >= 500;
}

/// <summary>What a call came to. Inside the client outcomes are values; they become exceptions at its edge.</summary>
internal readonly record struct Answer<T>(T? Value, TaskPlatformException? Failure)
{
    public T OrThrow() => Failure is null ? Value! : throw Failure;
}
