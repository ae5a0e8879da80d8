namespace TaskPlatform.Engine;

/// <summary>Schedules and bulk operations.</summary>
public static partial class QueueRecords
{
    private static void WriteSchedule(RecordWriter writer, ScheduleItem schedule)
    {
        writer.Text(schedule.Spec.Cron);
        writer.Text(schedule.Spec.TimeZone);
        writer.Byte((byte)schedule.Spec.Overlap);
        WriteSubmission(writer, schedule.Spec.Task);
        writer.Number(schedule.CreatedUnixMs);
        writer.Optional(schedule.NextUnixMs);
        writer.Optional(schedule.LastUnixMs);
        writer.Optional(schedule.LastTaskId);
        writer.Number(schedule.Made);
        writer.Number(schedule.Skipped);
    }

    private static ScheduleItem ReadSchedule(ref RecordReader reader, string name)
    {
        var spec = new ScheduleSpec(reader.Text(), reader.Text(), (Overlap)reader.Choice(last: (byte)Overlap.Replace), ReadSubmission(ref reader));
        return new ScheduleItem(name, spec)
        {
            CreatedUnixMs = reader.Number(),
            NextUnixMs = reader.OptionalNumber(),
            LastUnixMs = reader.OptionalNumber(),
            LastTaskId = reader.OptionalText(),
            Made = reader.Number(),
            Skipped = reader.Number(),
        };
    }

    private static void WriteSubmission(RecordWriter writer, TaskSubmission task)
    {
        writer.Text(task.Id);
        writer.Text(task.Type);
        writer.Byte((byte)task.Priority);
        RecordFields.Write(writer, task.DependsOn);
        writer.Optional(task.NotBeforeUnixMs);
        writer.Optional(task.DeadlineUnixMs);
        RecordFields.Write(writer, task.Labels);
        writer.Bits(task.Fingerprint);
        TaskRecords.WriteBody(writer, task.Body);
    }

    private static TaskSubmission ReadSubmission(ref RecordReader reader) => new()
    {
        Id = reader.Text(),
        Type = reader.Name(),
        Priority = (TaskPriority)reader.Choice(first: 1, last: 4),
        DependsOn = RecordFields.ReadEdges(ref reader),
        NotBeforeUnixMs = reader.OptionalNumber(),
        DeadlineUnixMs = reader.OptionalNumber(),
        Labels = RecordFields.ReadLabels(ref reader),
        Fingerprint = reader.Bits(),
        Body = TaskRecords.ReadBody(ref reader),
    };

    private static void WriteOperation(RecordWriter writer, OperationItem operation)
    {
        writer.Byte((byte)operation.Action);
        WriteFilter(writer, operation.Filter);
        writer.Bool(operation.IsDryRun);
        writer.Number(operation.CreatedUnixMs);
        writer.Optional(operation.FinishedUnixMs);
        writer.Number(operation.Before);
        writer.Number(operation.Matched);
        writer.Number(operation.Changed);
    }

    private static OperationItem ReadOperation(ref RecordReader reader, string id)
    {
        var action = (BulkAction)reader.Choice(first: 1, last: (byte)BulkAction.Delete);
        return new OperationItem(id, action, ReadFilter(ref reader), reader.Bool())
        {
            CreatedUnixMs = reader.Number(),
            FinishedUnixMs = reader.OptionalNumber(),
            Before = reader.Number(),
            Matched = reader.Number(),
            Changed = reader.Number(),
        };
    }

    private static void WriteFilter(RecordWriter writer, TaskFilter filter)
    {
        writer.Bool(filter.State is not null);
        if (filter.State is { } state) writer.Byte((byte)state);
        writer.Optional(filter.Type);
        writer.Optional(filter.AgentId);
        writer.Optional(filter.GraphId);
        writer.Optional(filter.LabelName);
        writer.Optional(filter.LabelValue);
    }

    private static TaskFilter ReadFilter(ref RecordReader reader) => new(
        reader.Bool() ? (TaskState)reader.Choice(last: TaskStates.Count - 1) : null,
        reader.OptionalText(), reader.OptionalText(), reader.OptionalText(), reader.OptionalText(), reader.OptionalText());
}
