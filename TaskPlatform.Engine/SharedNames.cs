namespace TaskPlatform.Engine;

/// <summary>
/// One string for each of the few names that stand in many tasks. Unlike <see cref="string.Intern"/> it forgets: types are the callers' words, and
/// whoever makes up new ones must not fill memory for good.
/// </summary>
internal static class SharedNames
{
    private const int Slots = 1_024;

    private static readonly string?[] Names = new string?[Slots];

    /// <summary>The same name, as the same object where it was seen lately. Safe from any thread: a slot is only ever replaced whole.</summary>
    public static string Of(string name)
    {
        ref var slot = ref Names[(uint)name.GetHashCode() % Slots];
        if (slot is { } known && known == name) return known;
        slot = name;
        return name;
    }
}
