using System.Diagnostics.Metrics;

namespace TaskPlatform.Api.Queues;

/// <summary>
/// Asks every owner, every two seconds, whether it still does what it is there for. It waits for none: one that does not answer is not asked
/// again before it does, and holds up no other. What was found last is there to be read at any time, by health and by the gauges.
/// </summary>
internal sealed class QueueProbe : BackgroundService
{
    /// <summary>How often owners are asked.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>Findings older than this are worth nothing: the probe itself, or the whole process, stands still.</summary>
    public static readonly TimeSpan RoundPatience = TimeSpan.FromSeconds(8);

    private readonly QueueOwners _owners;
    private readonly TimeProvider _time;
    private IReadOnlyList<QueuePulse> _pulses = [];
    private long _roundAt;

    public QueueProbe(QueueOwners owners, TimeProvider time, IMeterFactory meters)
    {
        (_owners, _time) = (owners, time);
        _roundAt = time.GetTimestamp();
        QueueGauges.Register(meters, this, time);
    }

    /// <summary>What is known of each queue that is served.</summary>
    public IReadOnlyList<QueuePulse> Pulses => Volatile.Read(ref _pulses);

    /// <summary>How long ago the owners were last asked.</summary>
    public TimeSpan SinceRound => _time.GetElapsedTime(Volatile.Read(ref _roundAt));

    /// <summary>Asks every owner that serves now. Returns at once.</summary>
    internal void Round()
    {
        var known = Pulses.ToDictionary(pulse => pulse.Owner);
        QueuePulse[] pulses = [.. _owners.Serving.Select(owner => known.GetValueOrDefault(owner) ?? new QueuePulse(owner, _time))];
        foreach (var pulse in pulses) pulse.Ask();
        Volatile.Write(ref _pulses, pulses);
        Volatile.Write(ref _roundAt, _time.GetTimestamp());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        do Round();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
