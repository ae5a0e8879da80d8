using System.Text.Json;
using TaskPlatform.AppHost.Commands;
using TaskPlatform.AppHost.Nodes;

namespace TaskPlatform.AppHost.Burst;

/// <summary>Many tasks at once for one node.</summary>
/// <param name="type">What they are; only some types leave their node.</param>
/// <param name="count">How many.</param>
internal sealed class DemoBurst(string type, int count)
{
    /// <summary>How long each works, in milliseconds.</summary>
    public const int Milliseconds = 200;

    /// <summary>The same work, of a type that no node hands to another.</summary>
    public const string LocalType = $"{LocalFederation.ExportedType}-local";

    private const string Label = "burst";
    private const int AtOnce = 200;

    private static readonly string[] Final = ["completed", "failed", "cancelled"];

    private readonly string _id = Guid.NewGuid().ToString("N")[..8];

    private static string Queue => $"/v1/queues/{DemoAgents.Queue}";

    /// <summary>Submits them.</summary>
    public async Task SubmitAsync(ServiceClient node, CancellationToken cancellationToken)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(AtOnce))
        {
            var tasks = chunk.Select(i => new
            {
                id = $"{Label}-{_id}-{i}", type, payload = new { milliseconds = Milliseconds }, labels = new Dictionary<string, string> { [Label] = _id },
            });
            var answer = await node.PostAsync($"{Queue}/tasks/batch", new { tasks }, cancellationToken);
            foreach (var outcome in answer.GetProperty("outcomes").EnumerateArray())
                if (outcome.GetProperty("status").GetInt32() >= 300) throw new CommandFailedException($"A task is refused: {outcome.GetProperty("problem")}");
        }
    }

    /// <summary>What has ended.</summary>
    public async Task<IReadOnlyList<DemoTask>> EndedAsync(ServiceClient node, CancellationToken cancellationToken)
    {
        var ended = new List<DemoTask>();
        string? cursor = null;
        do
        {
            var page = await node.GetAsync<JsonElement>($"{Queue}/tasks?limit=1000&label={Label}%3D{_id}{(cursor is null ? "" : $"&cursor={cursor}")}", cancellationToken);
            ended.AddRange(page.GetProperty("tasks").EnumerateArray().Where(task => Final.Contains(task.GetProperty("state").GetString())).Select(DemoTask.Of));
            cursor = page.TryGetProperty("nextCursor", out var next) ? Uri.EscapeDataString(next.GetString()!) : null;
        } while (cursor is not null);
        return ended;
    }
}

/// <summary>A task that has ended.</summary>
/// <param name="Node">Where it was done; null where it was not done.</param>
/// <param name="CreatedAt">When it was submitted.</param>
/// <param name="StartedAt">When an agent began with it, by the agent's clock: on this machine all nodes share one.</param>
/// <param name="FinishedAt">When its home queue had the result.</param>
internal sealed record DemoTask(string? Node, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset FinishedAt)
{
    /// <summary>From its submission to an agent's beginning.</summary>
    public TimeSpan Wait => (StartedAt ?? CreatedAt) - CreatedAt;

    /// <summary>Reads it as its home queue answers it.</summary>
    public static DemoTask Of(JsonElement task)
    {
        var isDone = task.TryGetProperty("result", out var result);
        return new DemoTask(
            isDone ? result.GetProperty("node").GetString() : null, Time(task, "createdAt"), isDone ? Time(result, "startedAt") : null, Time(task, "finishedAt"));
    }

    private static DateTimeOffset Time(JsonElement element, string property) => element.GetProperty(property).GetDateTimeOffset();
}
