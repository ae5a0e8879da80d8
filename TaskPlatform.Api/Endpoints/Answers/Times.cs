namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>The engine counts milliseconds; the interface speaks of times and seconds.</summary>
internal static class Times
{
    /// <summary>A moment.</summary>
    public static DateTimeOffset At(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs);

    /// <summary>A moment, if there is one.</summary>
    public static DateTimeOffset? At(long? unixMs) => unixMs is { } given ? At(given) : null;

    /// <summary>A duration.</summary>
    public static double Seconds(long milliseconds) => milliseconds / 1000.0;
}
