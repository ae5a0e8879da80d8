using Microsoft.Extensions.Logging;

namespace TaskPlatform.Client.Agents;

/// <summary>Counts the time that the service is away: told once when it begins and once when it is over.</summary>
internal sealed class Outage(string agentId, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private long? _since;
    private int _failures;

    public bool IsOn => _since is not null;

    public void Over()
    {
        if (_since is { } since) log.ServiceBack(agentId, time.GetElapsedTime(since).TotalSeconds);
        (_since, _failures) = (null, 0);
    }

    /// <summary>
    /// How long to pause before the next try: doubling, with jitter so that agents do not come back all at once, or as the service asks.
    /// </summary>
    public TimeSpan GoesOn(TaskPlatformException failure, Random random)
    {
        if (_since is null)
        {
            _since = time.GetTimestamp();
            log.ServiceAway(agentId, failure.Message);
        }

        var pause = Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 16)), LongestPause.TotalSeconds);
        var jittered = TimeSpan.FromSeconds(pause * (0.5 + (random.NextDouble() / 2)));
        return failure.RetryAfter > jittered ? failure.RetryAfter.Value : jittered;
    }
}
