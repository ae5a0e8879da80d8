using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>
/// Asks for a collection in the background when much was let go of that had been in memory for long. The collector itself looks at old memory only
/// after much has grown old; while a long queue is drained the process would grow, although ever less of it is needed.
/// </summary>
internal static class OldMemory
{
    private const long OldMs = 10_000;
    private const long WorthBytes = 64 << 20;
    private const int ShareOfHeap = 8;
    private const int BytesBesidePayload = 400; // a body, and what it took to end the task

    private static long _bytes;

    /// <summary>A task is over and stored: its body is about to leave memory. To be called from any thread.</summary>
    public static void LetGo(TaskItem task)
    {
        if (task.Body is not { } body || task.FinishedUnixMs - task.CreatedUnixMs < OldMs) return;
        var bytes = Interlocked.Add(ref _bytes, body.Payload.Length + BytesBesidePayload);
        if (bytes < WorthBytes || bytes < GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes / ShareOfHeap) return;
        if (Interlocked.Exchange(ref _bytes, 0) >= WorthBytes) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }
}
