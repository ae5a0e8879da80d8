using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>Submitters over HTTP, each with one call at a time.</summary>
internal static class HttpSubmits
{
    /// <summary>Returns when all were answered.</summary>
    public static async Task SubmitAsync(string address, string queue, int tasks, int callers, int batch)
    {
        using var calls = new QueueCalls(address, queue);
        var left = tasks;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => CallAsync()));

        async Task CallAsync()
        {
            for (int size; (size = Math.Min(batch, Interlocked.Add(ref left, -batch) + batch)) > 0;) await calls.SubmitAsync(size, isKeyed: false);
        }
    }
}
