using Cronos;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>The times of schedules. The engine is handed them from here, for it knows neither cron expressions nor time zones.</summary>
internal static class Occurrences
{
    private const string Rule = "must be a cron expression of five fields (minute, hour, day of month, month, day of week), or of six with seconds before them";

    /// <summary>The first time of a schedule after another.</summary>
    /// <param name="spec">The schedule.</param>
    /// <param name="afterUnixMs">The time after which, in Unix milliseconds; itself excluded.</param>
    /// <returns>
    /// In Unix milliseconds; null when there is none, also because a schedule that was set elsewhere names a time zone that this machine does not know: the
    /// schedule then stands still, and its queue goes on.
    /// </returns>
    public static long? Next(ScheduleSpec spec, long afterUnixMs) => Next(spec.Cron, spec.TimeZone, afterUnixMs);

    /// <inheritdoc cref="Next(ScheduleSpec, long)"/>
    /// <param name="cron">The times.</param>
    /// <param name="timeZone">Whose clock they are on.</param>
    /// <param name="afterUnixMs">The time after which, in Unix milliseconds; itself excluded.</param>
    public static long? Next(string cron, string timeZone, long afterUnixMs)
    {
        if (Parse(cron) is not { } times || !TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone)) return null;
        return times.GetNextOccurrence(DateTimeOffset.FromUnixTimeMilliseconds(afterUnixMs), zone)?.ToUnixTimeMilliseconds();
    }

    /// <summary>What is wrong with a cron expression; null when nothing is.</summary>
    public static string? WhyNot(string cron) => Parse(cron) is null ? Rule : null;

    private static CronExpression? Parse(string cron) => FormatOf(cron) is { } format && CronExpression.TryParse(cron, format, out var times) ? times : null;

    private static CronFormat? FormatOf(string cron) => cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length switch
    {
        5 => CronFormat.Standard,
        6 => CronFormat.IncludeSeconds,
        _ => null,
    };
}
