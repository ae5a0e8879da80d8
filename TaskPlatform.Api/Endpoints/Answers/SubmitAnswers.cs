using System.Collections.Immutable;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using WirePriority = TaskPlatform.Client.Wire.TaskPriority;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes what a task was submitted with, every default filled in.</summary>
internal static class SubmitAnswers
{
    /// <summary>Adds what only the body of a task says.</summary>
    public static TaskInfo AddTo(TaskInfo info, TaskItem task) => task.Body is not { } body ? info : info with
    {
        Description = body.Description,
        Payload = TaskAnswers.OrNull(body.Payload),
        Capabilities = body.Capabilities.RemoveAll(Addressee.Is),
        MaxAttempts = body.MaxAttempts,
        Backoff = Backoff(body.Backoff),
        LeaseSeconds = Times.Seconds(body.LeaseMs),
        AttemptTimeoutSeconds = Times.Seconds(body.AttemptTimeoutMs),
        StallSeconds = Seconds(body.StallMs),
        UniqueKey = body.Unique?.Key,
        UniqueSeconds = Seconds(body.Unique?.ForMs),
        ConcurrencyKey = body.Flow.ConcurrencyKey,
        RateLimitKey = body.Flow.RateLimitKey,
        FairnessKey = body.Flow.FairnessKey,
        Weight = body.Flow.Weight,
        Budget = Amounts.Budget(body.Flow.Budget, task.History?.BudgetRaise ?? default),
        BudgetKey = body.Flow.BudgetKey,
        OnChildFailure = OnChildFailure(body),
        Route = body.Flow.Route,
        Verifier = body.Policy.Verifier,
        Traceparent = body.Traceparent,
    };

    /// <summary>The task that a schedule makes.</summary>
    public static SubmitTask Template(TaskSubmission task) => new()
    {
        Type = task.Type,
        Description = task.Body.Description,
        Payload = TaskAnswers.OrNull(task.Body.Payload),
        Priority = (WirePriority)task.Priority,
        Capabilities = task.Body.Capabilities,
        MaxAttempts = task.Body.MaxAttempts,
        Backoff = Backoff(task.Body.Backoff),
        LeaseSeconds = Times.Seconds(task.Body.LeaseMs),
        AttemptTimeoutSeconds = Times.Seconds(task.Body.AttemptTimeoutMs),
        StallSeconds = Seconds(task.Body.StallMs),
        ConcurrencyKey = task.Body.Flow.ConcurrencyKey,
        RateLimitKey = task.Body.Flow.RateLimitKey,
        FairnessKey = task.Body.Flow.FairnessKey,
        Weight = task.Body.Flow.Weight,
        Budget = Amounts.Budget(task.Body.Flow.Budget),
        BudgetKey = task.Body.Flow.BudgetKey,
        OnChildFailure = OnChildFailure(task.Body),
        Route = task.Body.Flow.Route,
        Verifier = task.Body.Policy.Verifier,
        Labels = task.Labels,
    };

    private static BackoffSpec Backoff(BackoffPolicy backoff) => new()
    {
        Kind = backoff.Exponential ? BackoffKind.Exponential : BackoffKind.Constant,
        InitialSeconds = Times.Seconds(backoff.InitialMs),
        MaxSeconds = Times.Seconds(backoff.MaxMs),
    };

    private static ChildFailure OnChildFailure(TaskBody body) => body.Policy.FailsWithChild ? ChildFailure.Fail : ChildFailure.Resume;

    private static double? Seconds(long? milliseconds) => milliseconds is { } given ? Times.Seconds(given) : null;
}
