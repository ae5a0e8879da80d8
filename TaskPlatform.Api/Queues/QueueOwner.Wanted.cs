using System.Collections.Concurrent;
using System.Collections.Immutable;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Records that have left memory and are needed again: read apart from the loop, and brought by it.</summary>
public sealed partial class QueueOwner
{
    private const int WantedAtOnce = 1_000;

    private static readonly TimeSpan WantedAgain = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<Brought> _brought = new();

    /// <summary>What was read of wanted tasks.</summary>
    /// <param name="Tasks">Those that are there.</param>
    /// <param name="Missing">Those that are not.</param>
    /// <param name="Trouble">Why nothing could be read; null when something was.</param>
    private sealed record Brought(ImmutableArray<TaskItem> Tasks, ImmutableArray<string> Missing, Exception? Trouble);

    private void Want(IReadOnlyList<string> ids)
    {
        if (ids.Count == 0) return;
        foreach (var some in ids.Chunk(WantedAtOnce)) _ = FetchAsync(some, _stopping.Token);
    }

    private async Task FetchAsync(string[] ids, CancellationToken stop)
    {
        try
        {
            _brought.Enqueue(await ReadAsync(ids, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            _brought.Enqueue(new Brought([], [], exception));
        }
        _wakeup.Set();
    }

    private async Task<Brought> ReadAsync(string[] ids, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var tasks = await ReadWholeAsync(ids, stop);
                // A store that came back without its last second is about to be sent that again.
                if (tasks.Exists(task => task is not { } read || !read.State.IsFinal()))
                {
                    await _pipeline.ConfirmAsync();
                    tasks = await ReadWholeAsync(ids, stop);
                }
                return new Brought([.. tasks.OfType<TaskItem>()], [.. ids.Where((_, index) => tasks[index] is null)], null);
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(WantedAgain, _clock.Time, stop);
            }
        }
    }

    private async Task<List<TaskItem?>> ReadWholeAsync(string[] ids, CancellationToken stop)
    {
        var read = await StoredTasks.ReadAsync(_store, ids.Select(StoredTasks.FieldsOf), stop);
        return [.. ids.Select(read.Whole)];
    }

    private void BringWhatWasRead(Moment now)
    {
        while (_brought.TryDequeue(out var brought))
        {
            if (brought.Trouble is { } trouble) throw trouble;
            _engine.Apply(new Command.Bring([.. brought.Tasks, .. brought.Missing.Select(id => NameOfDeleted(id, now))]), now);
        }
    }

    /// <summary>A task that was deleted before its records were read: what waits for it is told so.</summary>
    private TaskItem NameOfDeleted(string id, Moment now)
        => _engine.Apply(new Command.GetTask(id) { IsBrief = true }, now) is Outcome.Refused
            ? new TaskItem { Id = id, Type = "", Order = 0, CreatedUnixMs = 0 }
            : throw new RecordException(id, "is missing from the store, and the task was not deleted");
}
