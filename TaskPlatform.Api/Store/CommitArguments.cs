using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>A batch as <see cref="StoreScripts.Commit"/> takes it.</summary>
internal static class CommitArguments
{
    private const int Fixed = 9;

    public static RedisValue[] Of(Ownership owner, CommitBatch batch, RedisValue lease)
    {
        var (deletedTasks, deletedState) = (batch.Tasks.Deletes, batch.State.Deletes);
        var puts = batch.Tasks.Count - deletedTasks + batch.State.Count - deletedState;
        var arguments = new RedisValue[Fixed + deletedTasks + deletedState + (2 * puts) + (batch.Settings is null ? 0 : 1)];
        arguments[0] = owner.Epoch;
        arguments[1] = owner.OwnerId;
        arguments[2] = batch.Sequence;
        arguments[3] = lease;
        arguments[4] = deletedTasks;
        arguments[5] = deletedState;
        arguments[6] = batch.Tasks.Count - deletedTasks;
        arguments[7] = batch.State.Count - deletedState;
        arguments[8] = batch.Settings is null ? 0 : 1;

        var at = Fixed;
        if (deletedTasks > 0) AddDeletes(batch.Tasks, arguments, ref at);
        if (deletedState > 0) AddDeletes(batch.State, arguments, ref at);
        AddPuts(batch.Tasks, arguments, ref at);
        AddPuts(batch.State, arguments, ref at);
        if (batch.Settings is { } settings) arguments[at] = settings;
        return arguments;
    }

    private static void AddDeletes(FieldChanges changes, RedisValue[] arguments, ref int at)
    {
        for (var index = 0; index < changes.Count; index++)
        {
            if (changes[index] is { IsDelete: true } change) arguments[at++] = change.Name;
        }
    }

    private static void AddPuts(FieldChanges changes, RedisValue[] arguments, ref int at)
    {
        for (var index = 0; index < changes.Count; index++)
        {
            if (changes[index] is not { IsDelete: false } change) continue;
            arguments[at++] = change.Name;
            // An empty value as text: Redis takes it, while a null would not be sent as one.
            arguments[at++] = change.Value.IsEmpty ? RedisValue.EmptyString : change.Value;
        }
    }
}
