using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

/// <summary>Lets an agent take part in debates.</summary>
public static class DebaterExtensions
{
    /// <summary>Lets a function answer turns: those of debates that ask for the capability, and those of debates that name this agent.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="capability">The capability by which debates ask for it; null: only those that name it.</param>
    /// <param name="answer">Answers a turn; as the judge, where the turn's role says so.</param>
    /// <exception cref="ArgumentException">The capability has a handler already.</exception>
    public static AgentBuilder AddDebater(
        this AgentBuilder agent, string? capability, Func<DebateTurn, TaskContext, CancellationToken, Task<DebateAnswer>> answer)
    {
        ArgumentNullException.ThrowIfNull(agent);
        if (capability is not null) agent.AddHandler(capability, answer);
        return agent.AddHandler(DebateTurn.Type, answer);
    }
}
