namespace TaskPlatform.Engine;

/// <summary>A stored record cannot be trusted. The queue is not served: guessing would lose or repeat work.</summary>
/// <param name="key">The task, agent, graph or key whose record it is.</param>
/// <param name="reason">What is wrong with it.</param>
public sealed class RecordException(string key, string reason) : Exception($"The record of '{key}' {reason}.")
{
    /// <summary>The task, agent, graph or key whose record it is.</summary>
    public string Key { get; } = key;
}
