namespace TaskPlatform.Client.Agents;

/// <summary>
/// What happens when the program stops, one after the other: running handlers may go on for the time to drain, then they are
/// cancelled, then those that did not end are left behind, then settlements are given up. The last stages are short, because
/// whoever stops the program kills it soon.
/// </summary>
internal sealed class ShutdownStages(TimeProvider time, TimeSpan drain) : IDisposable
{
    private static readonly TimeSpan ToEnd = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ToSettle = TimeSpan.FromSeconds(0.75);

    private readonly CancellationTokenSource _cancelHandlers = new(Timeout.InfiniteTimeSpan, time);
    private readonly CancellationTokenSource _leaveHandlers = new(Timeout.InfiniteTimeSpan, time);
    private readonly CancellationTokenSource _stopSettling = new(Timeout.InfiniteTimeSpan, time);

    public CancellationToken CancelHandlers => _cancelHandlers.Token;

    public CancellationToken LeaveHandlers => _leaveHandlers.Token;

    public CancellationToken StopSettling => _stopSettling.Token;

    public void Begin()
    {
        _cancelHandlers.CancelAfter(drain);
        _leaveHandlers.CancelAfter(drain + ToEnd);
        _stopSettling.CancelAfter(drain + ToEnd + ToSettle);
    }

    public void Dispose()
    {
        _cancelHandlers.Dispose();
        _leaveHandlers.Dispose();
        _stopSettling.Dispose();
    }
}
