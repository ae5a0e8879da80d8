using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What a claim may take, by what its agent said of itself and asks for.</summary>
/// <param name="IsRegistered">Whether the agent said what it can do.</param>
/// <param name="Capabilities">What it can do; null: it never said, and asks for anything.</param>
/// <param name="Types">What it asks for; null: anything.</param>
/// <param name="Slots">How many slots it has.</param>
/// <param name="AgentId">Its id; null where no lane is meant for it alone, so that agents which can do the same are alike.</param>
internal readonly record struct Ability(bool IsRegistered, ImmutableSortedSet<string>? Capabilities, ImmutableSortedSet<string>? Types, int Slots, string? AgentId)
{
    /// <summary>The capability that stands for every type.</summary>
    public const string General = "general";

    /// <summary>Of an agent that never registered, what it asks for is what it can do.</summary>
    public static Ability Of(AgentItem agent, ImmutableSortedSet<string>? asked, bool isAddressed) => agent.IsRegistered
        ? new(true, agent.Capabilities, asked, agent.Slots, isAddressed ? agent.Id : null)
        : new(false, asked, null, agent.Slots, isAddressed ? agent.Id : null);

    /// <summary>Whether somebody with these capabilities can do tasks of a type.</summary>
    public static bool CanDo(ImmutableSortedSet<string> capabilities, string type) => capabilities.Contains(type) || capabilities.Contains(General);

    /// <summary>Why the claim may not take from a lane; null: it may. Whoever is named need not have said that it can do the type.</summary>
    public string? WhyNot(Lane lane)
    {
        if (lane.Addressee is { } addressee && addressee != AgentId) return $"it is meant for '{addressee}' alone";
        if (lane.Weight > Slots) return $"it has {Slots} slots, and the task needs {lane.Weight}";
        if (Types is not null && !Types.Contains(lane.Type)) return $"it does not ask for '{lane.Type}'";
        if (Capabilities is null) return lane.Capabilities.IsEmpty ? null : $"it never said that it can do '{lane.Capabilities[0]}'";
        var isNamed = IsRegistered && lane.Addressee is not null;
        if (!isNamed && !CanDo(Capabilities, lane.Type)) return $"it cannot do '{lane.Type}'";
        foreach (var capability in lane.Capabilities)
        {
            if (!Capabilities.Contains(capability)) return $"it lacks '{capability}'";
        }
        return null;
    }
}
