namespace TaskPlatform.Api.Queues;

/// <summary>
/// Notices that the process stood still, as after SIGSTOP. A thread of its own beats, so that a gap between two beats is the whole process's, however long
/// callers, the store or the thread pool take. An owner's timer alone says so only when the process goes on long after something was due.
/// </summary>
/// <param name="time">A clock that nobody but time itself moves.</param>
internal sealed class ProcessPulse(TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _stopping = new();
    private long _beat = time.GetTimestamp();
    private int _gaps;

    /// <summary>A gap longer than this counts: agents that beat each third of leases of a second and a half or more would have been heard in it.</summary>
    public static TimeSpan Gap => TimeSpan.FromSeconds(1);

    /// <summary>How often the process has stood still so far, up to this moment.</summary>
    public int Gaps
    {
        get
        {
            // To ask is to beat: whoever goes on before the thread does learns of the gap all the same.
            lock (_lock)
            {
                if (time.GetElapsedTime(_beat) > Gap) _gaps++;
                _beat = time.GetTimestamp();
                return _gaps;
            }
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        new Thread(Run) { IsBackground = true, Name = "pulse" }.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Set();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Set();

    private void Run()
    {
        do _ = Gaps;
        while (!_stopping.Wait(Period));
    }
}
