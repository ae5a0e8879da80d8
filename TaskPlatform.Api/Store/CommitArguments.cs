using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>A batch as <see cref="StoreScripts.Commit"/> takes it.</summary>
internal static class CommitArguments
{
    private const int Fixed = 9;

    public static RedisValue[] Of(Ownership owner, CommitBatch batch, RedisValue lease)
    {
        var deletedTasks = batch.Tasks.Count(change => change.IsDelete);
        var deletedState = batch.State.Count(change => change.IsDelete);
        var puts = batch.Tasks.Length - deletedTasks + batch.State.Length - deletedState;
        var arguments = new RedisValue[Fixed + deletedTasks + deletedState + (2 * puts) + (batch.Settings is null ? 0 : 1)];
        arguments[0] = owner.Epoch;
        arguments[1] = owner.OwnerId;
        arguments[2] = batch.Sequence;
        arguments[3] = lease;
        arguments[4] = deletedTasks;
        arguments[5] = deletedState;
        arguments[6] = batch.Tasks.Length - deletedTasks;
        arguments[7] = batch.State.Length - deletedState;
        arguments[8] = batch.Settings is null ? 0 : 1;

        var at = Fixed;
        AddDeletes(batch.Tasks, arguments, ref at);
        AddDeletes(batch.State, arguments, ref at);
        AddPuts(batch.Tasks, arguments, ref at);
        AddPuts(batch.State, arguments, ref at);
        if (batch.Settings is { } settings) arguments[at] = settings;
        return arguments;
    }

    private static void AddDeletes(FieldChange[] changes, RedisValue[] arguments, ref int at)
    {
        foreach (var change in changes)
        {
            if (change.IsDelete) arguments[at++] = change.Field;
        }
    }

    private static void AddPuts(FieldChange[] changes, RedisValue[] arguments, ref int at)
    {
        foreach (var change in changes)
        {
            if (change.IsDelete) continue;
            arguments[at++] = change.Field;
            // An empty value as text: Redis takes it, while a null would not be sent as one.
            arguments[at++] = change.Value.IsEmpty ? RedisValue.EmptyString : change.Value;
        }
    }
}
