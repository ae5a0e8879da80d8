using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost;

/// <summary>What can be asked of the running application: from Aspire's dashboard and command line, and from tests.</summary>
internal static class QueueCommands
{
    private const string QueueSetting = "Commands:Queue";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Pause and resume: of the queue that <c>Commands:Queue</c> names, else of every queue there is.</summary>
    public static IResourceBuilder<ProjectResource> WithQueueCommands(this IResourceBuilder<ProjectResource> api) => api
        .WithCommand("pause-queues", "Pause queues", context => CallAsync(api, http => ForQueuesAsync(api, http, "pause", context.CancellationToken)),
            new CommandOptions { Description = "Agents get nothing more until the queues are resumed; what they hold they may finish." })
        .WithCommand("resume-queues", "Resume queues", context => CallAsync(api, http => ForQueuesAsync(api, http, "resume", context.CancellationToken)),
            new CommandOptions { Description = "Agents get tasks again." });

    /// <summary>Drain: the agent, all its replicas, gets nothing more until it registers again, that is: until it is restarted.</summary>
    public static IResourceBuilder<ProjectResource> WithDrainCommand(
        this IResourceBuilder<ProjectResource> agent, IResourceBuilder<ProjectResource> api, string queue, string agentId) => agent
        .WithCommand("drain", "Drain", context => CallAsync(api, http => DrainAsync(http, queue, agentId, context.CancellationToken)),
            new CommandOptions { Description = "It gets nothing more until it is restarted; what it holds it may finish." });

    private static async Task<string> ForQueuesAsync(IResourceBuilder<ProjectResource> api, HttpClient http, string verb, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> queues = api.ApplicationBuilder.Configuration[QueueSetting] is { Length: > 0 } given
            ? [given] : await ListAsync(http, cancellationToken);
        foreach (var queue in queues) await PostAsync(http, $"/v1/queues/{queue}/{verb}", cancellationToken);
        return queues.Count == 0 ? "There is no queue yet." : $"{verb}: {string.Join(", ", queues)}";
    }

    private static async Task<string> DrainAsync(HttpClient http, string queue, string agent, CancellationToken cancellationToken)
    {
        await PostAsync(http, $"/v1/queues/{queue}/agents/{agent}/drain", cancellationToken);
        return $"drain: {agent}";
    }

    private static async Task<IReadOnlyList<string>> ListAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>("/v1/queues", cancellationToken);
        return [.. answer.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!)];
    }

    private static async Task PostAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsync(path, null, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{path} is answered with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private static async Task<ExecuteCommandResult> CallAsync(IResourceBuilder<ProjectResource> api, Func<HttpClient, Task<string>> call)
    {
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri(api.GetEndpoint("http").Url), Timeout = Patience };
            return new ExecuteCommandResult { Success = true, Message = await call(http) };
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            return new ExecuteCommandResult
            {
                Success = false,
                Message = $"'{api.Resource.Name}' did not do it. Where it is away, start it and repeat the command. {e.Message.Trim()}",
            };
        }
    }
}
