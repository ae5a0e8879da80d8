using System.Collections.Frozen;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>What the author of a client has to know of a call beyond its summary: what a repeat does, what to do with the answer.</summary>
internal static class CallNotes
{
    private const string Settles = "A repeat with the same token answers 200 as the first time; lease-lost means that the grant is over, and nothing was changed.";

    private static readonly FrozenDictionary<string, string> Notes = new Dictionary<string, string>
    {
        ["submitTask"] = "Give an id or an Idempotency-Key: only then can the call be repeated after a 503 or a lost answer.",
        ["getTask"] = "With waitSeconds it answers at the end of the wait whatever the state is then: look at state and ask again.",
        ["getResult"] = "The bytes are those that the agent handed in. 204 says nothing of the state: a task may be completed without a result.",
        ["listTasks"] = "Go on with nextCursor until there is none. Tasks that are submitted meanwhile come before the first page and do not show up.",
        ["cancelTask"] = "An agent that has the task learns of it at its next heartbeat, and has 10 s to complete after all; watch state for the end.",
        ["retryTask"] = "The body is {} or none. A task that is not over stays as it is; a completed one is refused.",
        ["patchTask"] = "A null takes the date or the label away; that is another thing than leaving it out.",
        ["deleteTask"] = "A repeat answers 410 task-purged.",
        ["whyTask"] = "For people and dashboards: reason is one word to decide on, text says it in a sentence and may change.",
        ["submitBatch"] = "The call answers 200 even if every item is refused: look at the status of each outcome. Repeat with the same key or ids.",
        ["settleBatch"] = "The call answers 200 even if every item is refused: look at the status of each outcome.",
        ["submitGraph"] = "Every task has an id of its own in the whole queue. A repeat of the same graph under the same key or ids answers as the first time.",
        ["getGraph"] = "The critical path is the chain of dependencies with the most time worked so far, from its first task to its last.",
        ["cancelGraph"] = "Tasks that agents have end as with the cancel of a single task; a repeat changes nothing.",
        ["claimTasks"] = "Give a claimId: a repeat after a lost answer then gets the same leases. Close the connection to give up; what was granted is given back.",
        ["heartbeat"] = "Send one well within expiresInSeconds. With cancelRequested in the answer, stop and fail, release or complete within 10 s.",
        ["completeTask"] = Settles,
        ["failTask"] = $"It is tried again with backoff while attempts are left, unless retryable is false. {Settles}",
        ["releaseTask"] = $"The task goes back to its old place in line. {Settles}",
        ["addChildren"] = "With wait the grant ends: stop working, and start from the top when the task is claimed again, with the results as inputs.",
        ["ask"] = "The grant ends until somebody answers: stop working. The next claim shows question and answer.",
        ["answerTask"] = "Where the question had choices, the answer is one of them. A repeat of the same answer changes nothing.",
        ["startBulk"] = "202 says that it has begun: ask for the operation to see its end. With dryRun it only counts.",
        ["getOperation"] = "Completed says that all tasks were looked at; matched and changed count them.",
        ["listSchedules"] = "Each with its next time.",
        ["putSchedule"] = "Times that were missed while the service was down are made up for once, by the latest; a call sets the next time anew, from now on.",
        ["getSchedule"] = "With its next time, what it made last, and how many times were skipped.",
        ["deleteSchedule"] = "A repeat answers 404 schedule-not-found.",
        ["listRoutes"] = "Each with what was learned of its candidates.",
        ["putRoute"] = "What was learned of candidates that stay is kept; ready tasks that name the route are routed anew.",
        ["getRoute"] = "The figures are moving averages by candidate and type of task.",
        ["deleteRoute"] = "Ready tasks that name it are anybody's then. A repeat answers 404 route-not-found.",
        ["listAgents"] = "Agents are there from their first claim or registration on.",
        ["registerAgent"] = "Register at every start: capabilities are replaced, figures stay. maxConcurrency counts for each instance.",
        ["drainAgent"] = "The body is {} or none. Claims of the agent answer empty lists until it registers again.",
        ["removeAgent"] = "Tasks that it holds use no attempt. A program that still runs is a newcomer when it registers again: drain it first. A repeat answers 404 agent-not-found.",
        ["listQueues"] = "A queue exists from its first use on.",
        ["getQueue"] = "Counts are those of the moment after the last commit.",
        ["getMetrics"] = "A figure that nothing speaks for is null, never 0. Figures are exact; percentiles are at most a hundredth too high.",
        ["configureQueue"] = "What is already leased stays leased when a limit is lowered.",
        ["pauseQueue"] = "What is leased goes on; submits are taken. Without types the whole queue is paused.",
        ["resumeQueue"] = "Without types everything is resumed, types that were paused one by one too.",
        ["watchQueue"] = "Hints, not the truth: after a reset read the tasks. Reconnect with Last-Event-ID; a reader that does not keep up is cut off.",
        ["startDebate"] = "Give an id or an Idempotency-Key, so that the call can be repeated. The debate goes on by itself, also over restarts of the service.",
        ["listDebates"] = "Go on with nextCursor until there is none.",
        ["getDebate"] = "With waitSeconds it answers at the end of the wait whatever the state is then: look at state and ask again.",
        ["cancelDebate"] = "Turns that agents hold end as with the cancel of a task; a repeat changes nothing.",
        ["startReview"] = "Ask for the review until its state is final; agents of the stack do the work.",
        ["getReview"] = "Its id is that of the graph of tasks behind it.",
        ["getReviewReport"] = "Markdown.",
        ["getReviewDiff"] = "A unified diff for git apply.",
    }.ToFrozenDictionary();

    /// <summary>The note of a call; null for a call that is not known here.</summary>
    public static string? Of(string? operationId) => operationId is null ? null : Notes.GetValueOrDefault(operationId);
}
