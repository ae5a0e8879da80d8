using System.Globalization;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Api;

/// <summary>The times of schedules.</summary>
public sealed class OccurrencesTests
{
    [Theory]
    [InlineData("0 12 * * *", "UTC", "2026-01-31T11:59:59.999Z", "2026-01-31T12:00:00Z")]
    [InlineData("0 12 * * *", "UTC", "2026-01-31T12:00:00Z", "2026-02-01T12:00:00Z")]
    [InlineData("0 12 * * *", "UTC", "2026-01-31T12:00:00.001Z", "2026-02-01T12:00:00Z")]
    [InlineData("*/15 * * * * *", "UTC", "2026-01-31T12:00:15Z", "2026-01-31T12:00:30Z")]
    [InlineData("0 7 * * MON", "Europe/Berlin", "2026-01-31T12:00:00Z", "2026-02-02T06:00:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2026-01-31T12:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")] // the hour that is left out in spring
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")] // and the one that comes twice in autumn: once
    public void Next_AfterATime_IsTheFirstBehindIt(string cron, string zone, string after, string expected)
        => Assert.Equal(UnixMs(expected), Occurrences.Next(Spec(cron, zone), UnixMs(after)));

    [Theory]
    [InlineData("0 0 30 2 *", "UTC")]
    [InlineData("0 12 * * *", "Mars/Olympus")]
    [InlineData("no times", "UTC")]
    public void Next_WithoutATime_IsNone(string cron, string zone) => Assert.Null(Occurrences.Next(Spec(cron, zone), UnixMs("2026-01-31T12:00:00Z")));

    [Theory]
    [InlineData(0)]
    [InlineData(253402300799999)] // the last millisecond that a date can be
    public void Next_AtTheEndsOfTime_DoesNotThrow(long unixMs) => Assert.NotEqual(0, Occurrences.Next(Spec("0 12 * * *", "UTC"), unixMs));

    private static ScheduleSpec Spec(string cron, string zone)
        => new(cron, zone, Overlap.Skip, new TaskSubmission { Id = "a", Type = "t", Body = new TaskBody() });

    private static long UnixMs(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
