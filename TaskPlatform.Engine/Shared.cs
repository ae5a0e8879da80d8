namespace TaskPlatform.Engine;

/// <summary>
/// One object for each of the few values that stand in many tasks. Unlike <see cref="string.Intern"/> it forgets: types and policies are the callers'
/// words, and whoever makes up new ones must not fill memory for good.
/// </summary>
internal static class Shared<T> where T : class, IEquatable<T>
{
    private const int Slots = 1_024;

    private static readonly T?[] Values = new T?[Slots];

    /// <summary>The same value, as the same object where it was seen lately. Safe from any thread: a slot is only ever replaced whole.</summary>
    public static T Of(T value)
    {
        ref var slot = ref Values[(uint)value.GetHashCode() % Slots];
        if (slot is { } known && known.Equals(value)) return known;
        slot = value;
        return value;
    }
}
