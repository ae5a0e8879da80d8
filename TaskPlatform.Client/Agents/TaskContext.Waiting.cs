using System.Text.Json;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

/// <summary>Setting the task aside: for tasks that it adds, and for people.</summary>
public sealed partial class TaskContext
{
    /// <summary>
    /// Adds tasks to this one. Where they are not over and <paramref name="wait"/> is set, the task waits and the handler is left by an exception that it
    /// must let pass; once they are over it runs again from the top, in the same attempt, and this returns their results. Tasks without an id are told
    /// apart by what they say, so that running again adds none twice.
    /// </summary>
    /// <param name="tasks">The tasks, at most 1,000.</param>
    /// <param name="wait">Whether to wait until all children of this task are over.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the tasks may have been added.</param>
    /// <returns>The results of the children that completed, by id, as in <see cref="Inputs"/>.</returns>
    /// <exception cref="OperationCanceledException">The task waits, or the lease is lost.</exception>
    /// <exception cref="TaskPlatformException">It was refused, or may not have happened.</exception>
    public async Task<IReadOnlyDictionary<string, JsonElement>> SpawnAsync(
        IReadOnlyList<SubmitTask> tasks, bool wait = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var request = new ChildrenRequest { LeaseToken = _lease.LeaseToken, Tasks = tasks, Wait = wait };
        Take(await _lease.SetAsideAsync(
            retryFor => _client.TryAddChildrenAsync(Queue, TaskId, request, retryFor, cancellationToken)));
        var children = Children.ToHashSet();
        return Inputs.Where(input => children.Contains(input.Key)).ToDictionary();
    }

    /// <summary>
    /// Asks people. Until somebody answers, the task waits and the handler is left by an exception that it must let pass; then it runs again from the
    /// top, in the same attempt, and this returns the answer. The service remembers the last question alone: a handler that asks several saves the
    /// answers in its checkpoint.
    /// </summary>
    /// <param name="question">The question, at most 8 KiB; the same text means the same question.</param>
    /// <param name="choices">The answers that will be taken, at most 32; unset: any.</param>
    /// <param name="cancellationToken">Gives up waiting for the service; the question may have been asked.</param>
    /// <returns>The answer: one of the choices as text, or whatever JSON was given.</returns>
    /// <exception cref="OperationCanceledException">The task waits, or the lease is lost.</exception>
    /// <exception cref="TaskPlatformException">It was refused, or may not have happened.</exception>
    public async Task<JsonElement> AskAsync(
        string question, IReadOnlyList<string>? choices = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(question);
        var request = new AskRequest { LeaseToken = _lease.LeaseToken, Question = question, Choices = choices };
        Take(await _lease.SetAsideAsync(retryFor => _client.TryAskAsync(Queue, TaskId, request, retryFor, cancellationToken)));
        return (_task.Answer ?? default).ToElement(); // an answer of null reads as none
    }

    private void Take(TaskInfo task)
    {
        _task = task;
        _inputs = Read(task.Inputs);
    }

    private static Lazy<IReadOnlyDictionary<string, JsonElement>> Read(IReadOnlyDictionary<string, RawJson>? inputs)
        => new(() => inputs?.ToDictionary(input => input.Key, input => input.Value.ToElement()) ?? []);
}
