using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>What a schedule does while its last task is not over.</summary>
[JsonConverter(typeof(WireEnumConverter<ScheduleOverlap>))]
public enum ScheduleOverlap
{
    /// <summary>It makes none this time (the default).</summary>
    Skip,
    /// <summary>It makes the next one, which waits until the last is over.</summary>
    Queue,
    /// <summary>It cancels the last one and makes the next, which waits until the last is over.</summary>
    Replace,
}

/// <summary>When to make a task, and which.</summary>
public sealed record ScheduleSettings
{
    /// <summary>The times, as a cron expression of five fields, or of six with seconds before them.</summary>
    public string? Cron { get; init; }
    /// <summary>Whose clock they are on: an IANA name such as <c>Europe/Berlin</c>; UTC when unset.</summary>
    public string? TimeZone { get; init; }
    /// <summary>What to do while the last task is not over; skip when unset.</summary>
    public ScheduleOverlap? Overlap { get; init; }
    /// <summary>The task to make. The schedule gives it its id, so id, dependsOn, notBefore, deadline and uniqueKey are refused.</summary>
    public SubmitTask? Task { get; init; }
}

/// <summary>A schedule as it stands.</summary>
public sealed record ScheduleInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }
    /// <inheritdoc cref="ScheduleSettings.Cron"/>
    public required string Cron { get; init; }
    /// <summary>Whose clock they are on.</summary>
    public required string TimeZone { get; init; }
    /// <summary>What it does while its last task is not over.</summary>
    public ScheduleOverlap Overlap { get; init; }
    /// <summary>The task that it makes, under the id <c>name.time</c>.</summary>
    public required SubmitTask Task { get; init; }
    /// <summary>When it next makes one; unset: never again.</summary>
    public DateTimeOffset? NextAt { get; init; }
    /// <summary>When the last one was due; unset before the first.</summary>
    public DateTimeOffset? LastAt { get; init; }
    /// <summary>The last one.</summary>
    public string? LastTaskId { get; init; }
    /// <summary>How many it has made.</summary>
    public long Made { get; init; }
    /// <summary>How many times passed without one: the last was not over, nobody served the queue, or it was full.</summary>
    public long Skipped { get; init; }
}

/// <summary>The schedules of a queue, by name.</summary>
public sealed record ScheduleList
{
    /// <summary>The schedules.</summary>
    public required IReadOnlyList<ScheduleInfo> Schedules { get; init; }
}
