namespace TaskPlatform.Api.Endpoints;

/// <summary>What an operator may set of how much the service lets anybody take: the section <c>Http</c> of the configuration.</summary>
internal sealed record HttpLimits
{
    /// <summary>Where these stand in the configuration.</summary>
    public const string Section = "Http";

    /// <summary>Connections at the same time; one more is closed at once. An agent that waits for a task holds one, an idle one costs some 10 KB.</summary>
    public int Connections { get; init; } = 20_000;

    /// <summary>Bytes of all request bodies that are in memory at the same time; what does not fit gets 503 <c>queue-full</c>.</summary>
    public long BodyMemoryBytes { get; init; } = 256L << 20;

    /// <summary>Seconds until a request's body has to be there whole; then 408.</summary>
    public double BodySeconds { get; init; } = 120;

    /// <summary>Seconds until a request's head has to be there whole; then 408.</summary>
    public double HeadSeconds { get; init; } = 10;

    /// <summary>Seconds after which a connection without a call is closed. More than proxies keep theirs, so that they close first.</summary>
    public double KeepAliveSeconds { get; init; } = 130;

    /// <summary>Bytes a second that a body, or the reading of an answer, makes at least once its first five seconds are over.</summary>
    public double LeastBytesPerSecond { get; init; } = 240;

    /// <summary>Seconds that a reader of events may leave what is written to it unread; then it is cut off.</summary>
    public double EventSeconds { get; init; } = 30;

    /// <summary>Reads the limits.</summary>
    /// <exception cref="InvalidOperationException">One is not above zero, or no number.</exception>
    public static HttpLimits From(IConfiguration configuration)
    {
        var limits = configuration.GetSection(Section).Get<HttpLimits>() ?? new HttpLimits();
        double[] all =
        [
            limits.Connections, limits.BodyMemoryBytes, limits.BodySeconds, limits.HeadSeconds, limits.KeepAliveSeconds, limits.LeastBytesPerSecond,
            limits.EventSeconds,
        ];
        return all.All(double.IsPositive) && !all.Contains(0) && all.All(double.IsFinite)
            ? limits
            : throw new InvalidOperationException($"Every setting of the section '{Section}' has to be above zero: {limits}.");
    }
}
