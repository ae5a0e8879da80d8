using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What operators set.</summary>
public sealed partial class TaskEngine
{
    private Outcome Configure(Command.Configure configure, Moment now)
    {
        var change = configure.Change;
        if (RefuseDurability(change.Durability ?? Settings.Durability) is { } refusal) return new Outcome.Refused(refusal);
        var retention = Settings.Retention;
        var before = Settings.Durability;
        Set(Settings with
        {
            Durability = change.Durability ?? Settings.Durability,
            AgeingMs = change.AgeingMs ?? Settings.AgeingMs,
            Retention = new Retention(change.RetentionAgeMs ?? retention.AgeMs, change.RetentionCount ?? retention.Count),
            Concurrency = change.Concurrency ?? Settings.Concurrency,
            Rates = change.Rates ?? Settings.Rates,
            Fairness = change.Fairness ?? Settings.Fairness,
            Budgets = change.Budgets ?? Settings.Budgets,
            UnfinishedTasks = change.UnfinishedTasks ?? Settings.UnfinishedTasks,
            Policy = change.Policy ?? Settings.Policy,
            Matching = change.Matching?.Of(Settings.Matching) ?? Settings.Matching,
        });
        SetLimits(now);
        if ((before == Durability.Memory) != (Settings.Durability == Durability.Memory)) WriteAllRecords(isKept: before == Durability.Memory);
        return GetQueue();
    }

    /// <summary>A queue that was kept in memory is stored from now on, with all that it knows; one that no longer is, is not to come back at the next start.</summary>
    private void WriteAllRecords(bool isKept)
    {
        IEnumerable<IQueueRecord> records =
        [
            .. _agents.Values, .. _keys.Values, .. _schedules.Values.Select(slot => slot.Item), .. _operations.Values, .. _routes.Values, .. _rateGates.Values, .. _budgetGates.Values,
            .. _tombstonesByExpiry.UnorderedItems.Select(item => item.Element), .. _uniqueByExpiry.UnorderedItems.Select(item => item.Element),
        ];
        foreach (var record in records)
        {
            if (isKept) MarkDirty(record);
            else Forget(record.Kind, record.Key);
        }
    }

    /// <summary>What was stored and what was not cannot be made the same afterwards.</summary>
    private Refusal? RefuseDurability(Durability durability)
    {
        var isSame = durability == Durability.Memory == (Settings.Durability == Durability.Memory);
        return isSame || _tasks.Count == 0
            ? null
            : Refusal.Of(Refusal.InvalidRequest, "Only a queue without tasks can begin or cease to keep them in memory alone.");
    }

    private Outcome Pause(Command.Pause pause)
    {
        Set(pause.Types.IsEmpty ? Settings with { Paused = true } : Settings with { PausedTypes = Settings.PausedTypes.Union(pause.Types) });
        return GetQueue();
    }

    private Outcome Resume(Command.Resume resume)
    {
        Set(resume.Types.IsEmpty
            ? Settings with { Paused = false, PausedTypes = [] }
            : Settings with { PausedTypes = Settings.PausedTypes.Except(resume.Types) });
        return GetQueue();
    }

    private void Set(QueueSettings settings)
    {
        var paused = Settings.PausedTypes;
        var isSamePolicy = settings.Policy == Settings.Policy;
        Settings = settings;
        if (!isSamePolicy) SetPolicy();
        _settingsAreDirty = true;
        if (!paused.SetEquals(settings.PausedTypes)) ParkPausedTypes(settings.PausedTypes);
        WakeAll();
    }

    private void ParkPausedTypes(ImmutableSortedSet<string> types)
    {
        foreach (var lane in _lanes.Values)
        {
            lane.IsPaused = types.Contains(lane.Type);
            lane.Refresh();
        }
    }

    private Outcome GetQueue() => new Outcome.QueueAnswer(new QueueView(Settings, [.. _counts], OldestReadyUnixMs()));
}
