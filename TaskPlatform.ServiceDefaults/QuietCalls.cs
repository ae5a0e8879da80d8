namespace TaskPlatform.ServiceDefaults;

/// <summary>
/// Calls that are made again and again whether or not anything happens, on either side: their spans would bury the others. What they find out
/// shows otherwise: a claim as the wait of the tasks it was granted, a heartbeat as the progress of its attempt. They are still counted and timed.
/// </summary>
internal static class QuietCalls
{
    private static readonly string[] Endings = [HealthEndpoints.ReadyPath, HealthEndpoints.LivePath, "/claims", "/heartbeat", "/rounds/exchange", "/v1/federation"];

    public static bool Includes(string? path) => path is not null && Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
