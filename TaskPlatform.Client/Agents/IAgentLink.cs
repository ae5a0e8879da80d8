using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>How an agent speaks with the service.</summary>
internal interface IAgentLink : IAsyncDisposable
{
    /// <summary>Says who the agent is, where the service does not know it yet.</summary>
    /// <returns>Why that was not possible; null when it was.</returns>
    Task<TaskPlatformException?> OpenAsync(CancellationToken stop);

    /// <summary>Asks for work.</summary>
    /// <param name="most">How many tasks there is room for, 1 or more.</param>
    /// <param name="wait">How long to wait for the first.</param>
    /// <param name="stop">The agent stops.</param>
    /// <returns>Tasks with their leases; none when nothing came in time.</returns>
    Task<Answer<IReadOnlyList<TaskInfo>>> ClaimAsync(int most, TimeSpan wait, CancellationToken stop);

    /// <summary>No more tasks are wanted: what was granted and not handed over goes back at once instead of lapsing.</summary>
    Task GiveBackAsync(CancellationToken stop);

    /// <summary>The agent works on a task from now on, until this is disposed.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="token">The grant.</param>
    /// <param name="stop">Called, from any thread, when the service says by itself that the work is to stop.</param>
    IDisposable Hold(string taskId, string token, Action<StopReason> stop);

    /// <summary>A sign of life.</summary>
    Task<Answer<HeartbeatReply>> HeartbeatAsync(string taskId, HeartbeatRequest beat, TimeSpan retryFor, TimeSpan attemptTimeout, CancellationToken cancellationToken);

    /// <summary>How a grant ended.</summary>
    /// <returns>Why the service did not take it; null when it did.</returns>
    Task<TaskPlatformException?> SettleAsync(Settlement settlement, TimeSpan retryFor, CancellationToken cancellationToken);
}
