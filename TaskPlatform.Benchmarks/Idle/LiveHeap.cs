using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace TaskPlatform.Benchmarks.Idle;

/// <summary>
/// What another .NET process has in its managed heap that is still in use. As <c>dotnet-gcdump</c> does it: the process collects all generations and
/// then tells of each object that was left. Garbage, free room and pages that the collector keeps do not count.
/// </summary>
internal static class LiveHeap
{
    private const int BufferMegabytes = 256;

    private const ClrTraceEventParser.Keywords Collects =
        ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect | ClrTraceEventParser.Keywords.GCHeapDump;

    /// <param name="processId">Of this user.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<long> BytesAsync(int processId, CancellationToken cancellationToken)
    {
        var provider = new EventPipeProvider(ClrTraceEventParser.ProviderName, EventLevel.Verbose, (long)Collects);
        using var session = await new DiagnosticsClient(processId)
            .StartEventPipeSessionAsync([provider], requestRundown: false, BufferMegabytes, cancellationToken);
        using var events = new EventPipeEventSource(session.EventStream);
        var (bytes, collection) = (0L, -1);
        var stopped = Task.CompletedTask;
        events.Clr.GCStart += started =>
        {
            if (collection < 0 && started.Depth == GC.MaxGeneration && started.Type != GCType.BackgroundGC) collection = started.Count;
        };
        events.Clr.GCBulkNode += objects =>
        {
            for (var index = 0; index < objects.Count; index++) bytes += (long)objects.Values(index).Size;
        };
        events.Clr.GCStop += ended =>
        {
            // Asked for apart from here: the session ends only when what it still has to tell is read.
            if (ended.Count == collection) stopped = Task.Run(() => session.StopAsync(cancellationToken), cancellationToken);
        };
        await Task.Run(events.Process, cancellationToken);
        await stopped;
        return bytes > 0 ? bytes : throw new InvalidOperationException("The service did not tell what is in its heap.");
    }
}
