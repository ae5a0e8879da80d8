namespace TaskPlatform.Engine;

/// <summary>One string for each of the few names that stand in many tasks.</summary>
internal static class SharedNames
{
    /// <inheritdoc cref="Shared{T}.Of"/>
    public static string Of(string name) => Shared<string>.Of(name);
}
