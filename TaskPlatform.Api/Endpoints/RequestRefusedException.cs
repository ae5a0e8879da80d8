using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Ends a call with a problem. <see cref="ProblemMiddleware"/> is the one place that catches it.</summary>
/// <param name="problem">The answer.</param>
/// <param name="retryAfter">When to come back; null: as <see cref="Problems.RetryAfter"/> says.</param>
public sealed class RequestRefusedException(Problem problem, TimeSpan? retryAfter = null) : Exception(problem.Detail)
{
    /// <summary>When to come back; null when there is no use in it.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter ?? Problems.RetryAfter(problem);

    /// <summary>The answer.</summary>
    public Problem Problem { get; } = problem;
}
