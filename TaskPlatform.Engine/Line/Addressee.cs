using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>
/// A task may be meant for one agent alone: then the agent's id stands among the capabilities that it demands, in a form that no request can write.
/// So no agent can pass for another, and nothing new stands in records.
/// </summary>
public static class Addressee
{
    // The unit separator: words of requests hold no control characters.
    private const char Mark = '\u001f';

    /// <summary>The capability that the agent named has, and nobody else.</summary>
    public static string Of(string agentId) => $"{Mark}{agentId}";

    /// <summary>Whether a capability is such a name.</summary>
    public static bool Is(string capability) => capability.Length > 0 && capability[0] == Mark;

    /// <summary>The agent that a task with these capabilities is meant for; null: whoever can.</summary>
    public static string? In(ImmutableArray<string> capabilities)
    {
        foreach (var capability in capabilities)
        {
            if (Is(capability)) return capability[1..];
        }
        return null;
    }
}
