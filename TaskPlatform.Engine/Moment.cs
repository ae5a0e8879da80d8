namespace TaskPlatform.Engine;

/// <summary>
/// One reading of both clocks, handed to every verb. Leases, backoff and grace count on the monotonic clock, so that stepping the
/// wall clock neither ends nor prolongs one; dates that people give (<c>notBefore</c>, <c>deadline</c>) count on the wall clock.
/// </summary>
/// <param name="TickMs">Milliseconds of a clock that only goes forward, from an arbitrary start.</param>
/// <param name="UnixMs">Milliseconds since 1970-01-01 UTC.</param>
public readonly record struct Moment(long TickMs, long UnixMs)
{
    /// <summary>A time that never comes.</summary>
    public const long Never = long.MaxValue;
}
