using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Tasks wait for their children and for answers.</summary>
internal sealed partial class NaiveQueue
{
    private string AddChildren(Command.AddChildren add)
    {
        if (Find(add.TaskId, add.Token, SettleVerb.Children, out var text) is not { } parent) return text;
        if (Refuse(add, parent) is { } refusal) return refusal;
        var lost = ChildrenOf(parent).Where(IsLost).Select(child => child.Id).ToImmutableHashSet();
        var added = add.Tasks.Where(task => !_tasks.ContainsKey(task.Id)).Select(task => Create(task, parent.GraphId, parent.Id)).ToList();
        foreach (var child in added) Place(child);
        HearFrom(parent);
        parent.Lease!.Changed = Now.TickMs;
        if (add.Waits) WaitForChildren(parent, add.Token, lost);
        return Words.Of(parent.State);
    }

    private string? Refuse(Command.AddChildren add, NaiveTask parent)
    {
        var seen = new HashSet<string>();
        if (add.Tasks.FirstOrDefault(task => !seen.Add(task.Id)) is { } twice) return $"refused invalid-request {twice.Id}";
        var others = add.Tasks.Where(task => _tasks.TryGetValue(task.Id, out var there) && (there.ParentId != parent.Id || there.What.Fingerprint != task.Fingerprint)).ToList();
        if (others.Count > 0) return $"refused id-conflict {others[0].Id}";
        var added = add.Tasks.Where(task => !_tasks.ContainsKey(task.Id)).ToList();
        if (added.Count > 0 && IsFullFor(added.Count)) return "refused queue-full";
        if (Taken(added) is { } taken) return taken;
        if (MissingEdge([.. added]) is { } missing) return missing;
        if (added.SelectMany(task => task.DependsOn).Any(edge => WaitsFor(edge.Id, Line(parent), []))) return "refused cycle-detected";
        var locks = add.Waits && ChildrenOf(parent).Any(child => !child.State.IsFinal() && WaitsFor(child.Id, Line(parent), []));
        return locks || HasCycle([.. added]) ? "refused cycle-detected" : null;
    }

    /// <summary>A task, what added it, and so on.</summary>
    private HashSet<string> Line(NaiveTask task)
    {
        var line = new HashSet<string> { task.Id };
        while (task.ParentId is { } parent && _tasks.TryGetValue(parent, out task!)) line.Add(parent);
        return line;
    }

    /// <summary>Whether a task that is not over is one of others, or cannot be over before one of them is.</summary>
    private bool WaitsFor(string id, HashSet<string> others, HashSet<string> seen)
    {
        if (!seen.Add(id) || !_tasks.TryGetValue(id, out var task) || task.State.IsFinal()) return false;
        if (others.Contains(id)) return true;
        var children = ChildrenOf(task).Where(child => (task.Waits == WaitReason.Children || task.VerifierId == child.Id) && !child.State.IsFinal()).Select(child => child.Id);
        return Open(task).Select(edge => edge.Id).Concat(children).Any(next => WaitsFor(next, others, seen));
    }

    private List<NaiveTask> ChildrenOf(NaiveTask parent) => [.. Tasks.Where(task => task.ParentId == parent.Id)];

    /// <param name="parent">The task.</param>
    /// <param name="token">Its grant.</param>
    /// <param name="lost">Which of its children were lost before the call.</param>
    private void WaitForChildren(NaiveTask parent, UInt128 token, ImmutableHashSet<string> lost)
    {
        if (ChildrenOf(parent).Any(IsLostChild) && parent.What.Body.Policy.FailsWithChild && !parent.CancelRequested)
        {
            Settle(parent, token, SettleVerb.Children);
            parent.Error = "child-failed";
            EndAttempt(parent, "failed", null);
            Finish(parent, TaskState.Failed);
        }
        else if (ChildrenOf(parent).Any(child => !child.State.IsFinal()))
        {
            parent.LostBefore = lost;
            Wait(parent, token, SettleVerb.Children, WaitReason.Children);
        }
    }

    private static bool IsLost(NaiveTask child) => child.State is TaskState.Failed or TaskState.Cancelled;

    /// <summary>To later attempts a verifier that failed is no loss.</summary>
    private static bool IsLostChild(NaiveTask child) => IsLost(child) && !child.IsVerifier;

    private void Wait(NaiveTask task, UInt128 token, SettleVerb verb, WaitReason reason)
    {
        Settle(task, token, verb);
        if (task.CancelRequested)
        {
            EndAttempt(task, "cancelled", null);
            Finish(task, TaskState.Cancelled);
            return;
        }
        (task.WorkedMs, task.IsOpen) = (Math.Max(0, Now.TickMs - task.Lease!.Started), true);
        EndGrant(task);
        (task.State, task.Waits) = (TaskState.Waiting, reason);
    }

    private void Wake(NaiveTask task)
    {
        task.Waits = WaitReason.None;
        Enter(task);
    }

    /// <summary>A child is over. One that is lost while its parent waits for it is enough.</summary>
    private void HearOf(NaiveTask parent)
    {
        if (parent.Waits != WaitReason.Children) return;
        if (ChildrenOf(parent).Any(child => IsLostChild(child) && !parent.LostBefore.Contains(child.Id)))
        {
            parent.Error = "child-failed";
            if (parent.What.Body.Policy.FailsWithChild) End(parent, TaskState.Failed, "child-failed");
            else Wake(parent);
        }
        else if (ChildrenOf(parent).All(other => other.State.IsFinal())) Wake(parent);
    }

    private string Ask(Command.Ask ask)
    {
        if (Find(ask.TaskId, ask.Token, SettleVerb.Ask, out var text) is not { } task) return text;
        HearFrom(task);
        task.Lease!.Changed = Now.TickMs;
        var choices = string.Join('|', ask.Choices);
        if (task.Question is { Answer: not null } known && known.Text == ask.Question && known.Choices == choices) return Words.Of(task.State);
        task.Question = new NaiveQuestion(ask.Question, choices, null);
        Wait(task, ask.Token, SettleVerb.Ask, WaitReason.Answer);
        return Words.Of(task.State);
    }

    private string Answer(Command.Answer answer)
    {
        if (!_tasks.TryGetValue(answer.TaskId, out var task)) return NoTask(answer.TaskId);
        if (task.State.IsFinal()) return $"refused task-finished {task.Id}";
        var json = Encoding.UTF8.GetString(answer.Json.Span);
        if (task.Waits == WaitReason.Answer)
        {
            var question = task.Question!;
            if (question.Choices.Length > 0 && (answer.Choice is null || !question.Choices.Split('|').Contains(answer.Choice))) return $"refused invalid-request {task.Id}";
            task.Question = question with { Answer = json };
            Wake(task);
        }
        else if (task.Waits == WaitReason.Budget)
        {
            task.Raised += new Usage(answer.Raise?.Tokens ?? 0, answer.Raise?.Cost ?? 0);
            task.IsWaived = true;
            Wake(task);
        }
        else if (task.Question?.Answer != json) return $"refused not-waiting {task.Id}";
        return Words.Of(task.State);
    }
}
