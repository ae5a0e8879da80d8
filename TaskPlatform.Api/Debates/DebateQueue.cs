using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Engine.Debates;

namespace TaskPlatform.Api.Debates;

/// <summary>What the moderator and the readers of debates ask of a queue.</summary>
internal sealed class DebateQueue(IQueueOwner owner)
{
    private static readonly TaskState[] Unfinished =
        [TaskState.Waiting, TaskState.Pending, TaskState.Assigned, TaskState.InProgress, TaskState.Scheduled, TaskState.Blocked];

    /// <summary>Who decides for the queue.</summary>
    public IQueueOwner Owner => owner;

    /// <summary>Sends a command.</summary>
    /// <exception cref="QueueUnavailableException">There is no answer.</exception>
    public async Task<Outcome> AskAsync(Command command, CancellationToken cancellationToken) => (await owner.SendAsync(command, cancellationToken)).Outcome;

    /// <summary>The turns of a debate, whole; those that were deleted are left out.</summary>
    /// <exception cref="QueueUnavailableException">There is no answer.</exception>
    public async Task<IReadOnlyList<(TaskItem Task, Turn Turn)>> TurnsAsync(TaskView parent, CancellationToken cancellationToken)
    {
        if (parent.Children.IsEmpty) return [];
        var replies = await owner.SendAllAsync([.. parent.Children.Select(id => new Command.GetTask(id))]);
        var views = new List<TaskView>();
        foreach (var reply in replies)
        {
            if (reply.Failure is { } failure) throw failure;
            if (reply.Reply?.Outcome is Outcome.TaskAnswer answer) views.Add(answer.View);
        }
        var whole = await owner.HydrateAllAsync(views, withInputs: false, cancellationToken);
        return [.. whole.OfType<TaskView>().Select(view => (view.Task, TurnReader.Read(parent.Task.Id, view.Task)))];
    }

    /// <summary>Agents that are here: they hold something, wait for something, or were heard of within the last minute, and are not draining.</summary>
    public async Task<IReadOnlyList<PresentAgent>> PresentAsync(long nowUnixMs, CancellationToken cancellationToken)
    {
        if (await AskAsync(new Command.ListAgents(), cancellationToken) is not Outcome.AgentList list) return [];
        return [.. list.Agents.Where(agent => !agent.IsDraining && agent.Id != DebateTasks.Moderator).Select(Present).OfType<PresentAgent>()];

        PresentAgent? Present(AgentItem agent)
        {
            var here = agent.Instances.Values.Where(instance => instance.IsPresent(nowUnixMs)).ToList();
            if (here.Count == 0) return null;
            return new PresentAgent(agent.Id, agent.IsRegistered ? agent.Capabilities : null, here.Sum(instance => Math.Max(0, agent.MaxConcurrency - instance.Load)));
        }
    }

    /// <summary>Whether a debate is not over.</summary>
    public async Task<bool> HasOpenAsync(CancellationToken cancellationToken)
    {
        foreach (var state in Unfinished)
        {
            if (await ListAsync(state, most: 1, cancellationToken) is { Count: > 0 }) return true;
        }
        return false;
    }

    /// <summary>Debates that wait for their turns.</summary>
    public Task<IReadOnlyList<TaskView>> WaitingAsync(CancellationToken cancellationToken) => ListAsync(TaskState.Waiting, int.MaxValue, cancellationToken);

    private async Task<IReadOnlyList<TaskView>> ListAsync(TaskState state, int most, CancellationToken cancellationToken)
    {
        var found = new List<TaskView>();
        long? next = long.MaxValue;
        while (next is { } before && found.Count < most)
        {
            var list = new Command.ListTasks(TaskFilter.Any with { State = state, Type = DebateTasks.Type }, 1_000, before);
            var page = (Outcome.Page)await AskAsync(list, cancellationToken);
            found.AddRange(page.Tasks.Where(view => DebateTasks.IsDebate(view.Task)));
            next = page.Next;
        }
        return found;
    }
}
