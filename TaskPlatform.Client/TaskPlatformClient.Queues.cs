using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

public sealed partial class TaskPlatformClient
{
    /// <summary>Tells what an agent can do. Repeat it whenever that changes.</summary>
    public async Task<AgentInfo> RegisterAgentAsync(
        string queue, string agentId, AgentRegistration registration, CancellationToken cancellationToken = default) =>
        (await TryRegisterAgentAsync(queue, agentId, registration, retryFor: null, cancellationToken)).OrThrow();

    /// <summary>Grants an agent nothing more, on all its instances; what it holds it may finish.</summary>
    public async Task<AgentInfo> DrainAgentAsync(string queue, string agentId, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{AgentPath(queue, agentId)}/drain",
            new CancelRequest(), // an empty object
            WireJson.Default.CancelRequest,
            WireJson.Default.AgentInfo,
            key: null,
            cancellationToken)).OrThrow();

    /// <summary>
    /// Forgets an agent, with all its instances and figures: it is gone for good. What it holds goes back into line at once and uses no attempt. One that still
    /// runs registers again, as a newcomer.
    /// </summary>
    /// <returns>Whether the queue knew it.</returns>
    public Task<bool> RemoveAgentAsync(string queue, string agentId, CancellationToken cancellationToken = default) =>
        TryDeleteAsync(AgentPath(queue, agentId), ProblemTypes.AgentNotFound, cancellationToken);

    /// <summary>The agents of a queue.</summary>
    public async Task<IReadOnlyList<AgentInfo>> ListAgentsAsync(string queue, CancellationToken cancellationToken = default) =>
        (await GetAsync($"{QueuePath(queue)}/agents", WireJson.Default.AgentList, cancellationToken)).OrThrow().Agents;

    /// <summary>All queues.</summary>
    public async Task<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync("/v1/queues", WireJson.Default.QueueList, cancellationToken)).OrThrow().Queues;

    /// <summary>A queue as it stands.</summary>
    public async Task<QueueInfo> GetQueueAsync(string queue, CancellationToken cancellationToken = default) =>
        (await GetAsync(QueuePath(queue), WireJson.Default.QueueInfo, cancellationToken)).OrThrow();

    /// <summary>What a queue has done lately.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="window">How far to look back: whole minutes, 5 to 1,440; an hour when unset.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public async Task<QueueMetrics> GetMetricsAsync(string queue, TimeSpan? window = null, CancellationToken cancellationToken = default) =>
        (await GetAsync(
            $"{QueuePath(queue)}/metrics{(window is { } span ? $"?window={(long)span.TotalMinutes}m" : "")}",
            WireJson.Default.QueueMetrics,
            cancellationToken)).OrThrow();

    /// <summary>Changes settings; what is left out stays.</summary>
    public async Task<QueueInfo> PutQueueAsync(string queue, QueueSettings settings, CancellationToken cancellationToken = default) =>
        (await PutAsync(
            QueuePath(queue), settings, WireJson.Default.QueueSettings, WireJson.Default.QueueInfo, Rule(), cancellationToken)).OrThrow();

    /// <summary>Grants nothing more: of the whole queue, or of some types.</summary>
    public Task<QueueInfo> PauseAsync(string queue, IReadOnlyList<string>? types = null, CancellationToken cancellationToken = default) =>
        PostPauseAsync($"{QueuePath(queue)}/pause", types, cancellationToken);

    /// <summary>Grants again.</summary>
    public Task<QueueInfo> ResumeAsync(string queue, IReadOnlyList<string>? types = null, CancellationToken cancellationToken = default) =>
        PostPauseAsync($"{QueuePath(queue)}/resume", types, cancellationToken);

    internal Task<Answer<AgentInfo>> TryRegisterAgentAsync(
        string queue, string agentId, AgentRegistration registration, TimeSpan? retryFor, CancellationToken cancellationToken) =>
        PutAsync(
            AgentPath(queue, agentId),
            registration,
            WireJson.Default.AgentRegistration,
            WireJson.Default.AgentInfo,
            Rule(retryFor: retryFor),
            cancellationToken);

    private static string AgentPath(string queue, string agentId) => $"{QueuePath(queue)}/agents/{Segment(agentId)}";

    private async Task<QueueInfo> PostPauseAsync(string path, IReadOnlyList<string>? types, CancellationToken cancellationToken) =>
        (await PostKeyedAsync(
            path,
            new PauseRequest { Types = types },
            WireJson.Default.PauseRequest,
            WireJson.Default.QueueInfo,
            key: null,
            cancellationToken)).OrThrow();
}
