using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes schedules as they are answered.</summary>
internal static class ScheduleAnswers
{
    /// <summary>A schedule, and how far it is.</summary>
    public static ScheduleInfo Info(ScheduleItem schedule) => new()
    {
        Name = schedule.Name,
        Cron = schedule.Spec.Cron,
        TimeZone = schedule.Spec.TimeZone,
        Overlap = OverlapOf(schedule.Spec.Overlap),
        Task = SubmitAnswers.Template(schedule.Spec.Task),
        NextAt = Times.At(schedule.NextUnixMs),
        LastAt = Times.At(schedule.LastUnixMs),
        LastTaskId = schedule.LastTaskId,
        Made = schedule.Made,
        Skipped = schedule.Skipped,
    };

    /// <summary>Where a schedule is found.</summary>
    public static string Address(string queue, string name) => $"/v1/queues/{queue}/schedules/{name}";

    private static ScheduleOverlap OverlapOf(Overlap overlap) => overlap switch
    {
        Overlap.Skip => ScheduleOverlap.Skip,
        Overlap.Queue => ScheduleOverlap.Queue,
        Overlap.Replace => ScheduleOverlap.Replace,
        _ => throw new System.Diagnostics.UnreachableException($"No word for {overlap}."),
    };
}
