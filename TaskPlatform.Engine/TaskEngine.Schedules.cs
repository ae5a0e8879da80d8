using System.Collections.Immutable;
using System.Globalization;

namespace TaskPlatform.Engine;

/// <summary>Tasks that are made at times.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Times that one look at a schedule counts one by one; beyond, only the latest is found.</summary>
    private const int MissedMost = 100;

    /// <summary>How far back the latest of very many missed times is looked for, in milliseconds: a second to four years.</summary>
    private static readonly long[] LookBacks = [1_000, 60_000, 3_600_000, 86_400_000, 31L * 86_400_000, 4L * 366 * 86_400_000];

    private readonly SortedDictionary<string, ScheduleSlot> _schedules = new(StringComparer.Ordinal);
    private readonly IndexedHeap<ScheduleSlot, InSchedules> _scheduleTimers = new();

    private sealed class ScheduleSlot(ScheduleItem item)
    {
        public int Index = -1;

        public ScheduleItem Item { get; set; } = item;
    }

    private readonly struct InSchedules : IHeapPlace<ScheduleSlot>
    {
        public ref int Index(ScheduleSlot item) => ref item.Index;

        public bool WinsTie(ScheduleSlot left, ScheduleSlot right) => string.CompareOrdinal(left.Item.Name, right.Item.Name) < 0;
    }

    private Outcome PutSchedule(Command.PutSchedule put, Moment now)
    {
        var isNew = !_schedules.TryGetValue(put.Name, out var slot);
        if (isNew && _schedules.Count >= limits.Schedules)
            return Refuse(Refusal.QueueFull, $"The queue has {limits.Schedules} schedules, the most it takes.");
        var item = isNew ? new ScheduleItem(put.Name, put.Spec) { CreatedUnixMs = now.UnixMs } : slot!.Item with { Spec = put.Spec };
        item = item with { NextUnixMs = nextOccurrence(put.Spec, now.UnixMs) };
        Place(item);
        MarkDirty(item);
        return new Outcome.ScheduleList([item], isNew);
    }

    private void Place(ScheduleItem item)
    {
        if (!_schedules.TryGetValue(item.Name, out var slot)) _schedules.Add(item.Name, slot = new ScheduleSlot(item));
        slot.Item = item;
        _scheduleTimers.Set(slot, item.NextUnixMs ?? Moment.Never);
    }

    private Outcome DeleteSchedule(Command.DeleteSchedule delete)
    {
        if (!_schedules.Remove(delete.Name, out var slot)) return NoSchedule(delete.Name);
        _scheduleTimers.Set(slot, Moment.Never);
        Forget(RecordKind.Schedule, delete.Name);
        return new Outcome.Done();
    }

    private Outcome GetSchedule(Command.GetSchedule get)
        => _schedules.TryGetValue(get.Name, out var slot) ? new Outcome.ScheduleList([slot.Item]) : NoSchedule(get.Name);

    private Outcome ListSchedules() => new Outcome.ScheduleList([.. _schedules.Values.Select(slot => slot.Item)]);

    private static Outcome NoSchedule(string name) => Refuse(Refusal.ScheduleNotFound, $"The queue has no schedule '{name}'.");

    private void RunSchedules(Moment now)
    {
        var budget = limits.StepTasks;
        while (budget-- > 0 && _scheduleTimers.HeadKey <= now.UnixMs) Run(_scheduleTimers.Head!, now);
    }

    /// <summary>
    /// Somebody has set the clock back, perhaps while nobody served the queue: what is due next by the clock as it is now may be nearer. Ids keep a time from
    /// coming twice.
    /// </summary>
    private void LookAgain(Moment now)
    {
        foreach (var slot in _schedules.Values)
        {
            if (slot.Item.NextUnixMs <= now.UnixMs || nextOccurrence(slot.Item.Spec, now.UnixMs) is var next && next == slot.Item.NextUnixMs) continue;
            Place(slot.Item with { NextUnixMs = next });
            MarkDirty(slot.Item);
        }
    }

    private void Run(ScheduleSlot slot, Moment now)
    {
        var item = slot.Item;
        var (due, missed) = Latest(item, now);
        var id = $"{item.Name}.{DateTimeOffset.FromUnixTimeMilliseconds(due).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        item = item with { NextUnixMs = nextOccurrence(item.Spec, now.UnixMs), Skipped = item.Skipped + missed };
        if (!_tasks.ContainsKey(id) && !_tombstones.ContainsKey(id)) item = Make(item, id, due, now);
        Place(item);
        MarkDirty(item);
    }

    /// <summary>After a time in which nobody served the queue only the latest of what was missed is made up for.</summary>
    private (long Due, long Missed) Latest(ScheduleItem item, Moment now)
    {
        var (due, missed) = (item.NextUnixMs!.Value, 0L);
        while (missed < MissedMost && nextOccurrence(item.Spec, due) is { } next && next <= now.UnixMs) (due, missed) = (next, missed + 1);
        if (missed < MissedMost) return (due, missed);
        foreach (var back in LookBacks)
        {
            if (nextOccurrence(item.Spec, Math.Max(due, now.UnixMs - back)) is not { } near || near > now.UnixMs) continue;
            while (near <= now.UnixMs) (due, near) = (near, nextOccurrence(item.Spec, near) ?? Moment.Never);
            break;
        }
        return (due, missed);
    }

    private ScheduleItem Make(ScheduleItem item, string id, long due, Moment now)
    {
        var last = item.LastTaskId is { } lastId && _tasks.TryGetValue(lastId, out var task) && !task.State.IsFinal() ? task : null;
        var isTaken = item.Spec.Task.Body.Unique is { } unique && FindUnique(unique.Key, now) is not null;
        if ((last is not null && item.Spec.Overlap == Overlap.Skip) || isTaken || IsFullFor(1)) return item with { Skipped = item.Skipped + 1 };
        if (last is not null && item.Spec.Overlap == Overlap.Replace) RequestCancel(last, $"Replaced by {id}.", now);
        ImmutableArray<DependencyEdge> after = last is null ? [] : [new DependencyEdge(last.Id, EdgeKind.Finish)];
        Connect(Create(item.Spec.Task with { Id = id, DependsOn = after }, graphId: null, parent: null, now), now);
        return item with { LastUnixMs = due, LastTaskId = id, Made = item.Made + 1 };
    }
}
