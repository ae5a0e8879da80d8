using System.Text;
using System.Text.Json;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Reviews;

/// <summary>Reads what a review's agents left with the queue.</summary>
internal sealed class ReviewResults(IQueueOwner owner, CancellationToken cancellationToken)
{
    // Diffs of so many files are in memory at once.
    private const int ReadAtOnce = 16;

    /// <summary>A task with all that the store has of it; as it is, when it was deleted meanwhile.</summary>
    public async Task<TaskView> WholeAsync(TaskView view) => await owner.HydrateAsync(view with { Inputs = [] }, cancellationToken) ?? view;

    /// <summary>All diffs in the order of the files.</summary>
    public async Task<string> JoinDiffsAsync(IEnumerable<TaskView> coding)
    {
        var text = new StringBuilder();
        foreach (var some in coding.Chunk(ReadAtOnce))
            foreach (var view in await owner.HydrateAllAsync(some, withInputs: false, cancellationToken))
                text.Append(Read<FileFixes>(view)?.Diff);
        return text.ToString();
    }

    /// <summary>A task's result; nothing when it has none, or was deleted meanwhile.</summary>
    /// <param name="view">The task, completed from the store.</param>
    public static T? Read<T>(TaskView? view) where T : class
        => view is { Task.Result.IsEmpty: false } ? JsonSerializer.Deserialize<T>(view.Task.Result.Span, JsonSerializerOptions.Web) : null;
}
