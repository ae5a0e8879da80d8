using System.Text;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Engine.Debates;

namespace TaskPlatform.Api.Debates;

/// <summary>
/// Moves one debate on by one step, as any agent works: it has claimed the debate's task, and adds children to it or completes it under the claim's
/// token. What a step has done is known from the children alone, so that one which was cut short is simply taken again.
/// </summary>
internal sealed class Moderation(DebateQueue queue, TimeProvider time)
{
    private const long AgainAfterMs = 1_000;

    /// <summary>Asks for what comes next until the debate waits or is over.</summary>
    /// <exception cref="QueueUnavailableException">There is no answer: the claim, repeated, brings the same grant again.</exception>
    public async Task MoveOnAsync(TaskView granted, CancellationToken cancellationToken)
    {
        var token = granted.Task.Lease!.Token;
        for (var view = granted; view is not null;) view = await StepAsync(view, token, cancellationToken);
    }

    /// <returns>The task, if it is still held; else null.</returns>
    private async Task<TaskView?> StepAsync(TaskView view, UInt128 token, CancellationToken cancellationToken)
    {
        var outcome = await queue.AskAsync(await NextAsync(view, token, cancellationToken), cancellationToken);
        if (outcome is Outcome.TaskAnswer answer) return answer.View.Task.Lease?.Token == token ? answer.View : null;
        // Where the queue is full the debate waits until there is room; what else is refused would be again. A lease that is lost is nobody's to settle.
        if (outcome is Outcome.Refused { Refusal: { Name: not Refusal.LeaseLost } refusal })
        {
            var isFull = refusal.Name == Refusal.QueueFull;
            var error = new TaskError(refusal.Name, refusal.Detail, Retryable: isFull);
            await queue.AskAsync(new Command.Fail(view.Task.Id, token, error, isFull ? AgainAfterMs : null), cancellationToken);
        }
        return null;
    }

    private async Task<Command> NextAsync(TaskView view, UInt128 token, CancellationToken cancellationToken)
    {
        var parent = view.Task;
        var asked = DebateTasks.Asked(parent);
        var known = await queue.TurnsAsync(view, cancellationToken);
        var turns = known.Select(pair => pair.Turn).ToList();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        switch (Debate.Next(DebateTasks.Rules(asked), turns, await queue.PresentAsync(now, cancellationToken), now))
        {
            case DebateStep.Ask ask:
                var briefs = new Briefs(parent.Id, asked, turns);
                return new Command.AddChildren(parent.Id, token, [.. ask.Turns.Select(turn => DebateTasks.TurnOf(parent, asked, turn, briefs.Write(turn), now))], Waits: true);
            case DebateStep.Wait:
                var open = known.First(pair => pair.Turn.State == TurnState.Open).Task;
                return new Command.AddChildren(parent.Id, token, [DebateTasks.Again(open)], Waits: true);
            case DebateStep.End end:
                return new Command.Complete(parent.Id, token, DebateAnswers.Result(parent, queue.Owner.Queue, turns, end.Verdict), Usage: null, Confidence: null);
            case DebateStep.Fail fail:
                return new Command.Fail(parent.Id, token, new TaskError("no-answer", Clip(fail.Reason), Retryable: false), RetryAfterMs: null);
            case var other:
                throw new InvalidOperationException($"No rule for {other.GetType().Name}.");
        }
    }

    /// <summary>Gives up turns that wait for an agent which is gone, where another can stand in.</summary>
    public async Task GiveUpForsakenAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        IReadOnlyList<PresentAgent>? present = null;
        foreach (var debate in await queue.WaitingAsync(cancellationToken))
        {
            present ??= await queue.PresentAsync(now, cancellationToken);
            var turns = (await queue.TurnsAsync(debate, cancellationToken)).Select(pair => pair.Turn).ToList();
            foreach (var turn in Debate.Forsaken(DebateTasks.Rules(DebateTasks.Asked(debate.Task)), turns, present))
            {
                var id = DebateTasks.IdOf(debate.Task.Id, turn.Round, turn.Seat, turn.Try);
                await queue.AskAsync(new Command.Cancel(id, $"The agent '{turn.AgentId}' is gone."), cancellationToken);
            }
        }
    }

    private static string Clip(string reason) => Encoding.UTF8.GetByteCount(reason) <= 4_096 ? reason : Shortened.Cut(reason, 1_024)!;
}
