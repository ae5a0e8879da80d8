using System.Collections.Immutable;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Adds to views what only the store still has.</summary>
internal static class ViewHydration
{
    private const long InlineInputBytes = 1 << 20;

    /// <summary>Whether the inputs are shown themselves: up to 1 MiB in all. Beyond, references are shown, so nobody needs them here.</summary>
    public static bool AreInline(ImmutableArray<TaskInput> inputs) => inputs.Sum(input => (long)input.Bytes) <= InlineInputBytes;

    /// <summary>Whether memory has everything that the view is to show.</summary>
    public static bool IsWhole(TaskView view)
        => !view.Task.IsPartlyInStore && view.Inputs.All(input => !input.Result.IsEmpty);

    /// <param name="store">The queue's store.</param>
    /// <param name="views">What memory has.</param>
    /// <param name="withInputs">Whether the inputs are wanted; otherwise the views come without any.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    /// <returns>The views, whole, in their order; null for a task that was deleted meanwhile.</returns>
    public static async Task<IReadOnlyList<TaskView?>> HydrateAsync(
        IQueueStore store, IReadOnlyList<TaskView> views, bool withInputs, CancellationToken cancellationToken)
    {
        var read = await StoredTasks.ReadAsync(store, views.SelectMany(view => Missing(view, withInputs)), cancellationToken);
        return [.. views.Select(view => Fill(view, withInputs, read))];
    }

    /// <summary>Whether the store had nothing, or something else than memory knows of.</summary>
    public static bool Lacks(TaskView? whole, TaskView view, bool withInputs)
        => whole is null || whole.Task.State != view.Task.State || (withInputs && whole.Inputs.Length < view.Inputs.Length);

    private static IEnumerable<IReadOnlyList<string>> Missing(TaskView view, bool withInputs)
    {
        if (view.Task.IsPartlyInStore) yield return StoredTasks.FieldsOf(view.Task.Id);
        if (!withInputs || !AreInline(view.Inputs)) yield break;
        foreach (var input in view.Inputs.Where(input => input.Result.IsEmpty)) yield return [TaskFields.Result(input.Id)];
    }

    private static TaskView? Fill(TaskView view, bool withInputs, StoredTasks read)
    {
        // What is stored may be newer than the view: somebody retried the task meanwhile.
        var task = view.Task.IsPartlyInStore ? read.Whole(view.Task.Id) : view.Task;
        return task is null ? null : view with { Task = task, Inputs = withInputs ? Fill(view.Inputs, read) : [] };
    }

    private static ImmutableArray<TaskInput> Fill(ImmutableArray<TaskInput> inputs, StoredTasks read)
    {
        if (!AreInline(inputs)) return inputs;
        // A task that was over when the view was made may be deleted by now; so is its result, then.
        return [.. inputs.Select(input => input.Result.IsEmpty ? input with { Result = read.Result(input.Id) ?? default } : input)
            .Where(input => !input.Result.IsEmpty)];
    }
}
