using System.Diagnostics;

namespace TaskPlatform.Tests.Telemetry;

/// <summary>Keeps spans as they end, in the order in which they did.</summary>
internal sealed class SpanShelf : OpenTelemetry.BaseProcessor<Activity>
{
    private readonly List<Activity> _ended = [];
    private TaskCompletionSource _another = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override void OnEnd(Activity data)
    {
        lock (_ended)
        {
            if (data.Recorded) _ended.Add(data);
            _another.TrySetResult();
            _another = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public Activity[] Named(string name) => [.. All(span => span.DisplayName == name)];

    /// <summary>The spans of one kind, once there are so many: some end after the answer to their call.</summary>
    public async Task<Activity[]> EndedAsync(int count, Func<Activity, bool> wanted)
    {
        while (true)
        {
            Task another;
            lock (_ended) another = _another.Task;
            var found = All(wanted);
            if (found.Count >= count) return [.. found];
            Assert.True(await EndsAsync(another), $"Only {found.Count} of {count} spans came: {string.Join(", ", found.Select(span => span.DisplayName))}.");
        }
    }

    // A span ends with its call or shortly after: longer than this means never.
    private static async Task<bool> EndsAsync(Task another) =>
        await Task.WhenAny(another, Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)) == another;

    private List<Activity> All(Func<Activity, bool> wanted)
    {
        lock (_ended) return [.. _ended.Where(wanted)];
    }
}
