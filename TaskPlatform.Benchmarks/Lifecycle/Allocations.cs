using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>
/// What another .NET process allocates while it is looked at, by EventPipe: the runtime tells of every hundredth kilobyte and whose it was, and of its
/// collections. Types are a sample; the sum is not.
/// </summary>
internal sealed class Allocations : IAsyncDisposable
{
    private const int BufferMegabytes = 64;
    private const int TypesTold = 15;

    private readonly Dictionary<string, long> _byType = new(StringComparer.Ordinal);
    private readonly int[] _collections = new int[GC.MaxGeneration + 1];
    private readonly EventPipeSession _session;
    private readonly EventPipeEventSource _events;
    private readonly Task _reading;
    private TimeSpan _stopped;
    private double _stoppedSince;

    private Allocations(EventPipeSession session)
    {
        (_session, _events) = (session, new EventPipeEventSource(session.EventStream));
        _events.Clr.GCAllocationTick += tick => _byType[tick.TypeName] = _byType.GetValueOrDefault(tick.TypeName) + tick.AllocationAmount64;
        _events.Clr.GCStart += collection => _collections[collection.Depth]++;
        _events.Clr.GCSuspendEEStart += begin => _stoppedSince = begin.TimeStampRelativeMSec;
        _events.Clr.GCRestartEEStop += end => _stopped += TimeSpan.FromMilliseconds(end.TimeStampRelativeMSec - _stoppedSince);
        _reading = Task.Run(_events.Process);
    }

    /// <param name="processId">Of this user.</param>
    public static async Task<Allocations> WatchAsync(int processId)
    {
        var provider = new EventPipeProvider(ClrTraceEventParser.ProviderName, EventLevel.Verbose, (long)ClrTraceEventParser.Keywords.GC);
        return new Allocations(await new DiagnosticsClient(processId).StartEventPipeSessionAsync(
            [provider], requestRundown: false, BufferMegabytes, CancellationToken.None));
    }

    /// <summary>Ends it.</summary>
    /// <param name="tasks">How many lives there were meanwhile.</param>
    /// <param name="took">In how long.</param>
    public async Task<IEnumerable<Figure>> EndAsync(int tasks, TimeSpan took)
    {
        await _session.StopAsync(CancellationToken.None);
        await _reading;
        return
        [
            new Figure("allocatedBytesPerLife", "allocated by the service, a life", (double)_byType.Values.Sum() / tasks, "bytes"),
            .. _byType.OrderByDescending(type => type.Value).Take(TypesTold)
                .Select(type => new Figure($"bytesPerLifeOf {type.Key}", $"  {type.Key}", (double)type.Value / tasks, "bytes")),
            .. _collections.Select((count, generation) => new Figure(
                $"collectionsOfGeneration{generation}", $"collections of generation {generation}, a second", count / took.TotalSeconds, "")),
            new Figure("stoppedPercent", "stopped for collections", 100 * (_stopped / took), "% of the time"),
        ];
    }

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        _events.Dispose();
        return ValueTask.CompletedTask;
    }
}
