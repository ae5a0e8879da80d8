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
    // Enough to keep the store busy, not enough to fill the mailbox.
    private const int ReadAtOnce = 16;

    /// <summary>A task's result; nothing when it has none.</summary>
    public async Task<T?> ReadAsync<T>(TaskView view) where T : class
    {
        if (view.Task.ResultBytes < 0) return null;
        var hydrated = await owner.HydrateAsync(view with { Inputs = [] }, cancellationToken);
        return JsonSerializer.Deserialize<T>(hydrated.Task.Result.Span, JsonSerializerOptions.Web);
    }

    /// <summary>All diffs in the order of the files.</summary>
    public async Task<string> JoinDiffsAsync(IEnumerable<TaskView> coding)
    {
        var text = new StringBuilder();
        foreach (var some in coding.Chunk(ReadAtOnce))
            foreach (var fixes in await Task.WhenAll(some.Select(ReadAsync<FileFixes>)))
                text.Append(fixes?.Diff);
        return text.ToString();
    }
}
