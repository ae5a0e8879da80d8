namespace TaskPlatform.Engine;

/// <summary>A ready task and an agent that may take it and has room for it.</summary>
internal readonly record struct MatchPair(TaskItem Task, AgentItem Agent, AgentInstance Instance, QueueSettings Settings, Moment Now)
{
    /// <summary>What the task's effective priority is worth, in points.</summary>
    public double PriorityPoints => Settings.Matching.Priority.Of(Lane.EffectivePriority(Task, Now.UnixMs, Settings.AgeingMs));
}

/// <summary>
/// Decides which ready task goes to which free agent. What may be paired at all, and that no task starves, is not its affair. <see cref="MatchPolicy.Fifo"/> needs
/// none: its order is that of the lines themselves.
/// </summary>
internal interface IPairPolicy
{
    /// <summary>What a pair is worth: the highest goes first.</summary>
    MatchTerms Judge(in MatchPair pair);

    /// <summary>How long the agent is rather left waiting for a better fit than given this task, in milliseconds; 0: it is not. Asked only of pairs that would be granted.</summary>
    long LeavesMs(in MatchPair pair, in MatchTerms terms) => 0;

    /// <summary>The pair was granted.</summary>
    void Granted(in MatchPair pair, in MatchTerms terms)
    {
    }

    /// <summary>An attempt of the agent came to an end, and stands in its figures.</summary>
    void Observed(AgentItem agent, string type, bool success, double seconds)
    {
    }

    /// <summary>The agent is known no more: nobody is to wait for it.</summary>
    void Forgotten(AgentItem agent)
    {
    }
}
