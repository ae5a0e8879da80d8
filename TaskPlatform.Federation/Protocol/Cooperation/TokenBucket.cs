namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>How often something may happen.</summary>
/// <param name="PerSecond">In the long run; above 0.</param>
/// <param name="Burst">At once, after a pause; at least 1.</param>
internal readonly record struct ProbeRate(double PerSecond, double Burst);

/// <summary>A token bucket, full at first.</summary>
internal struct TokenBucket(ProbeRate rate, long nowMs)
{
    private double _tokens = rate.Burst;
    private long _filledMs = nowMs;

    /// <summary>Takes one if there is one.</summary>
    /// <param name="nowMs">Not before that of any earlier call; one that is counts as the same moment.</param>
    public bool TryTake(long nowMs)
    {
        if (nowMs > _filledMs)
        {
            _tokens = Math.Min(rate.Burst, _tokens + (nowMs - _filledMs) * rate.PerSecond / 1000);
            _filledMs = nowMs;
        }
        if (_tokens < 1) return false;
        _tokens--;
        return true;
    }
}
