using System.Diagnostics.Metrics;

namespace TaskPlatform.Tests.Queues;

/// <summary>
/// Telemetry that does not return: whoever measures a batch of one queue is held until it is told otherwise. A queue's owner measures on its own loop, so
/// this wedges it, as any library that hangs would.
/// </summary>
internal sealed class StuckTelemetry : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ManualResetEventSlim _released = new();
    private readonly TaskCompletionSource _holding = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StuckTelemetry(string queue)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "taskplatform.batch.commands") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, _, tags, _) =>
        {
            if (!tags.Contains(new("queue", queue))) return;
            _holding.TrySetResult();
            _released.Wait();
        });
        _listener.Start();
    }

    /// <summary>Completes when the owner is held.</summary>
    public Task Holding => _holding.Task;

    public void Release() => _released.Set();

    // Without the listener the event has no more waiters to come; it is not disposed, since one may still be on its way out.
    public void Dispose()
    {
        Release();
        _listener.Dispose();
    }
}
