using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads a schedule.</summary>
internal static class ScheduleReader
{
    private const string Utc = "UTC";

    /// <summary>A schedule to set.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="name">Its name.</param>
    /// <param name="nowUnixMs">The time, in Unix milliseconds: a schedule must have one that is yet to come.</param>
    public static Command Put(FieldReader fields, string name, long nowUnixMs)
    {
        var cron = fields.Text("cron", RequestLimits.ScheduleTextBytes, isRequired: true);
        var zone = fields.Text("timeZone", RequestLimits.ScheduleTextBytes) ?? Utc;
        var overlap = fields.Choice<Overlap>("overlap", OverlapOf, "skip, queue or replace") ?? Overlap.Skip;
        var task = fields.Object("task", isRequired: true) is { } template ? TaskReader.ReadTemplate(template, name) : null;
        fields.RefuseUnknown();
        var hasZone = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);
        if (!hasZone) fields.Refuse("timeZone", "must be the name of a time zone, such as UTC or Europe/Berlin");
        if (cron is not null && Occurrences.WhyNot(cron) is { } why) fields.Refuse("cron", why);
        else if (cron is not null && hasZone && Occurrences.Next(cron, zone, nowUnixMs) is null) fields.Refuse("cron", "must have a time that is yet to come");
        return new Command.PutSchedule(name, new ScheduleSpec(cron ?? "", zone, overlap, task!));
    }

    private static Overlap? OverlapOf(string word) => word switch
    {
        "skip" => Overlap.Skip,
        "queue" => Overlap.Queue,
        "replace" => Overlap.Replace,
        _ => null,
    };
}
