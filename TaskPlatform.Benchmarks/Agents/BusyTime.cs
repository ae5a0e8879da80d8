using System.Diagnostics;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>Adds up how long handlers run, those that run now too. From any thread.</summary>
internal sealed class BusyTime
{
    private readonly Lock _lock = new();
    private long _ended;
    private long _begun; // the sum of the moments at which those that run were started
    private int _running;

    /// <summary>What has been added up so far.</summary>
    public AgentsBusy Now
    {
        get
        {
            lock (_lock)
            {
                var now = Stopwatch.GetTimestamp();
                return new AgentsBusy(Seconds(_ended + _running * now - _begun), Seconds(now));
            }
        }
    }

    /// <summary>A handler is started; it runs until what is returned is disposed.</summary>
    public IDisposable Begin() => new Run(this);

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;

    private sealed class Run : IDisposable
    {
        private readonly BusyTime _time;
        private readonly long _since = Stopwatch.GetTimestamp();

        public Run(BusyTime time)
        {
            _time = time;
            lock (_time._lock) (_time._running, _time._begun) = (_time._running + 1, _time._begun + _since);
        }

        public void Dispose()
        {
            lock (_time._lock)
            {
                (_time._running, _time._begun) = (_time._running - 1, _time._begun - _since);
                _time._ended += Stopwatch.GetTimestamp() - _since;
            }
        }
    }
}

/// <summary>How long handlers had run by a moment.</summary>
/// <param name="Seconds">All of them together, in seconds.</param>
/// <param name="At">The moment, in seconds of the machine's monotonic clock.</param>
internal readonly record struct AgentsBusy(double Seconds, double At)
{
    /// <summary>The share of slots that was busy since an earlier moment, 0 to 1.</summary>
    public double ShareSince(AgentsBusy earlier, int slots) => (Seconds - earlier.Seconds) / (slots * (At - earlier.At));
}
