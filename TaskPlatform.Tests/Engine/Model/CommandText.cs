using System.Globalization;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Commands as scenarios write them, so that what a failing run did can be read and played again.</summary>
internal static class CommandText
{
    public static string Of(Command command) => OutcomeText.Join(
        Verb(command),
        command.Key is { } key ? $"key={key.Key}" : "",
        command.IsBrief ? "brief" : "");

    private static string Verb(Command command) => command switch
    {
        Command.Submit submit => $"submit {Of(submit.Task)}",
        Command.SubmitGraph graph => $"graph {graph.GraphId}{Budget(" budget", graph.Budget)}: {string.Join("; ", graph.Tasks.Select(Of))}",
        Command.Claim claim => Claim(claim),
        Command.AbandonClaim abandon => $"abandon {Claim(abandon.Waiting)}",
        Command.Ungrant ungrant => $"ungrant {ungrant.TaskId} token={ungrant.Token}",
        Command.Rejoin rejoin => $"rejoin {rejoin.AgentId}/{rejoin.InstanceId} holds={string.Join(',', rejoin.Held.Select(grant => $"{grant.TaskId}:{grant.Token}"))}",
        Command.Heartbeat beat => $"heartbeat {beat.TaskId} token={beat.Token} progress={beat.Progress} message={beat.Message} checkpoint={Text(beat.Checkpoint)} {beat.Usage}",
        Command.Complete complete => $"complete {complete.TaskId} token={complete.Token} result={Text(complete.Result)} {complete.Usage}",
        Command.Fail fail => $"fail {fail.TaskId} token={fail.Token} error={fail.Error.Type}{(fail.Error.Retryable ? "" : " final")}{Ms(" again", fail.RetryAfterMs)}",
        Command.Release release => $"release {release.TaskId} token={release.Token}",
        Command.AddChildren add => $"children {add.TaskId} token={add.Token}{(add.Waits ? " wait" : "")}: {string.Join("; ", add.Tasks.Select(Of))}",
        Command.Ask ask => $"ask {ask.TaskId} token={ask.Token} question={ask.Question} choices={string.Join(',', ask.Choices)}",
        Command.Answer answer => $"answer {answer.TaskId} text={Text(answer.Json)}{Budget(" raise", answer.Raise)}",
        Command.Cancel cancel => $"cancel {cancel.TaskId} reason={cancel.Reason}",
        Command.Patch patch => $"patch {patch.TaskId} priority={patch.Priority} date={patch.NotBefore} labels={(patch.Labels is null ? "" : Labels(patch.Labels))}",
        Command.RegisterAgent register => $"register {register.AgentId} can={string.Join(',', register.Capabilities)} max={register.MaxConcurrency}",
        Command.Configure configure => Settings(configure.Change),
        Command.Bulk bulk => $"bulk {bulk.OperationId} {bulk.Action} {bulk.Filter}{(bulk.IsDryRun ? " dry" : "")}",
        Command.PutSchedule put => $"schedule {put.Name} every={put.Spec.Cron} overlap={put.Spec.Overlap} {Of(put.Spec.Task)}",
        Command.Pause pause => $"pause {string.Join(' ', pause.Types)}",
        Command.Resume resume => $"resume {string.Join(' ', resume.Types)}",
        _ => command.ToString(),
    };

    private static string Claim(Command.Claim claim) => OutcomeText.Join(
        $"claim {claim.AgentId}{(claim.InstanceId is null ? "" : $"/{claim.InstanceId}")}",
        claim.Types is null ? "" : $"types={string.Join(',', claim.Types)}",
        string.Create(CultureInfo.InvariantCulture, $"max={claim.Max} wait={claim.WaitMs}ms"),
        Ms("lease", claim.LeaseMs),
        claim.ClaimId is null ? "" : $"id={claim.ClaimId}",
        claim.IsOfRegistered ? "registered" : "");

    private static string Of(TaskSubmission task) => OutcomeText.Join(
        $"{task.Id} type={task.Type} priority={Words.Of(task.Priority)}",
        task.DependsOn.IsEmpty ? "" : $"after={string.Join(',', task.DependsOn.Select(edge => $"{edge.Id}:{Words.Of(edge.On)}"))}",
        Ms("at", task.NotBeforeUnixMs),
        Ms("deadline", task.DeadlineUnixMs),
        task.Labels.IsEmpty ? "" : $"labels={Labels(task.Labels)}",
        task.Body.Capabilities.IsEmpty ? "" : $"needs={string.Join(',', task.Body.Capabilities)}",
        Policy(task.Body.Policy),
        Flow(task.Body.Flow),
        task.Body.Unique is { } unique ? $"unique={unique.Key}:{unique.ForMs}ms" : "");

    private static string Policy(TaskPolicy policy) => string.Create(
        CultureInfo.InvariantCulture,
        $"attempts={policy.MaxAttempts} backoff={(policy.Backoff.Exponential ? "exponential" : "constant")}:{policy.Backoff.InitialMs}ms:{policy.Backoff.MaxMs}ms lease={policy.LeaseMs}ms timeout={policy.AttemptTimeoutMs}ms")
        + Ms(" stall", policy.StallMs) + (policy.FailsWithChild ? " child=fail" : "") + (policy.Verifier is { } verifier ? $" verifier={verifier}" : "");

    private static string Flow(TaskFlow flow) => OutcomeText.Join(
        flow.ConcurrencyKey is { } concurrency ? $"concurrency={concurrency}" : "",
        flow.RateLimitKey is { } rate ? $"rate={rate}" : "",
        flow.FairnessKey is { } fairness ? $"fairness={fairness}" : "",
        flow.Weight == 1 ? "" : $"weight={flow.Weight}",
        flow.BudgetKey is { } key ? $"from={key}" : "",
        Budget("budget", flow.Budget),
        flow.Route is { } route ? $"route={route}" : "");

    private static string Settings(SettingsChange change) => OutcomeText.Join(
        "configure",
        Ms("ageing", change.AgeingMs),
        Ms("keep", change.RetentionAgeMs),
        change.RetentionCount is { } kept ? $"kept={kept}" : "",
        change.UnfinishedTasks is { } tasks ? $"tasks={tasks}" : "",
        Patterns("concurrency", change.Concurrency),
        Patterns("rates", change.Rates),
        Patterns("fairness", change.Fairness),
        Patterns("budgets", change.Budgets));

    private static string Patterns<T>(string name, KeyPatterns<T>? patterns)
        => patterns is null ? "" : $"{name}={string.Join(',', patterns.Values.Select(pair => $"{pair.Key}:{pair.Value}"))}";

    private static string Budget(string name, TaskBudget? budget)
        => budget is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{name}={budget.Tokens}+{budget.Cost}");

    private static string Labels<T>(IEnumerable<KeyValuePair<string, T>> labels) => string.Join(',', labels.Select(label => $"{label.Key}:{label.Value}"));

    private static string Ms(string name, long? ms) => ms is { } known ? string.Create(CultureInfo.InvariantCulture, $"{name}={known}ms") : "";

    private static string Text(ReadOnlyMemory<byte>? bytes) => bytes is { } known ? Encoding.UTF8.GetString(known.Span) : "";
}
