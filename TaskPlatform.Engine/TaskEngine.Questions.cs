namespace TaskPlatform.Engine;

/// <summary>Agents ask people, and people answer.</summary>
public sealed partial class TaskEngine
{
    private Outcome Ask(Command.Ask ask, Moment now)
    {
        if (FindLeased(ask.TaskId, ask.Token, SettleVerb.Ask, out var other) is not { } task) return other;
        if (task.History?.Question is { Answer.IsEmpty: false } known && known.Asks(ask.Question, ask.Choices)) return GoOn(task, now);
        task.Told.Question = new TaskQuestion(ask.Question, ask.Choices, default);
        return Suspend(task, ask.Token, SettleVerb.Ask, WaitReason.Answer, now);
    }

    private Outcome TakeAnswer(Command.Answer answer, Moment now)
    {
        if (!_tasks.TryGetValue(answer.TaskId, out var task)) return NotFound(answer.TaskId);
        return task.History?.Waits switch
        {
            WaitReason.Answer => AnswerQuestion(task, answer, now),
            WaitReason.Budget => LetGoOn(task, answer.Raise, now),
            _ => RefuseAnswer(task, answer),
        };
    }

    private Outcome AnswerQuestion(TaskItem task, Command.Answer answer, Moment now)
    {
        var question = task.Told.Question!;
        if (!question.Choices.IsEmpty && (answer.Choice is null || !question.Choices.Contains(answer.Choice)))
            return Refuse(Refusal.InvalidRequest, $"The answer must be one of: {string.Join(", ", question.Choices)}.", task.Id);
        task.Told.Question = question with { Answer = answer.Json };
        Resume(task, now);
        return Answer(task);
    }

    private Outcome LetGoOn(TaskItem task, TaskBudget? raise, Moment now)
    {
        task.Told.BudgetRaise += new Usage(raise?.Tokens ?? 0, raise?.Cost ?? 0);
        task.Told.IsBudgetWaived = true;
        Resume(task, now);
        return Answer(task);
    }

    private Outcome RefuseAnswer(TaskItem task, Command.Answer answer)
    {
        if (task.State.IsFinal()) return RefuseFinished(task);
        if (task.History?.Question is { Answer: { IsEmpty: false } given } && given.Span.SequenceEqual(answer.Json.Span)) return Answer(task);
        return Refuse(Refusal.NotWaiting, $"The task '{task.Id}' is {Words.Of(task.State)} and waits for no answer.", task.Id);
    }

    private static Outcome RefuseFinished(TaskItem task)
        => Refuse(Refusal.TaskFinished, $"The task '{task.Id}' is {Words.Of(task.State)}.", task.Id);
}
