using System.Collections.Immutable;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Adds to a view what only the store still has.</summary>
internal static class ViewHydration
{
    private const long InlineInputBytes = 1 << 20;

    /// <summary>Whether the inputs are shown themselves: up to 1 MiB in all. Beyond, references are shown, so nobody needs them here.</summary>
    public static bool AreInline(ImmutableArray<TaskInput> inputs) => inputs.Sum(input => (long)input.Bytes) <= InlineInputBytes;

    public static async ValueTask<TaskView> HydrateAsync(IQueueStore store, TaskView view, CancellationToken cancellationToken)
    {
        var fields = FieldsMissing(view);
        if (fields.Count == 0) return view;
        var values = await store.ReadTaskFieldsAsync(fields, cancellationToken);
        var records = new Dictionary<string, ReadOnlyMemory<byte>>();
        for (var index = 0; index < fields.Count; index++)
        {
            if (values[index] is { } value) records[fields[index]] = value;
        }
        return Fill(view, records);
    }

    private static List<string> FieldsMissing(TaskView view)
    {
        var fields = new List<string>();
        if (view.Task.Body is null) fields.Add(TaskFields.Body(view.Task.Id));
        if (view.Task is { ResultBytes: >= 0, Result.IsEmpty: true }) fields.Add(TaskFields.Result(view.Task.Id));
        if (AreInline(view.Inputs))
            fields.AddRange(view.Inputs.Where(input => input.Result.IsEmpty).Select(input => TaskFields.Result(input.Id)));
        return fields;
    }

    private static TaskView Fill(TaskView view, Dictionary<string, ReadOnlyMemory<byte>> records)
    {
        var body = records.TryGetValue(TaskFields.Body(view.Task.Id), out var stored) ? TaskRecords.ReadBody(view.Task.Id, stored.Span) : null;
        return view with
        {
            Task = view.Task.Hydrate(body, Result(view.Task.Id)),
            Inputs = [.. view.Inputs.Select(input => input.Result.IsEmpty ? input with { Result = Result(input.Id) } : input)],
        };

        ReadOnlyMemory<byte> Result(string id)
            => records.TryGetValue(TaskFields.Result(id), out var record) ? TaskRecords.ReadResult(id, record.Span) : default;
    }
}
