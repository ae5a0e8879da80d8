using System.Collections.Concurrent;
using System.Text.Json;

namespace TaskPlatform.Tests.Api.Mutation;

/// <summary>A task that somebody was handed.</summary>
internal sealed record Grant(string Queue, string Id, string Token);

/// <summary>
/// The few names that requests are made of, so that calls meet each other's tasks: a task that nobody knows is refused before anything can go wrong. Tokens and
/// what else only the service makes are learned from its answers.
/// </summary>
internal sealed class Vocabulary
{
    private const int Kept = 16;

    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _learned = new();
    private readonly ConcurrentQueue<Grant> _grants = new();

    // Ids that were deleted stay refused, and a queue may be set to take one task only: names move on, or the run would end up with refusals.
    private const int RequestsPerTasks = 500;
    private const int RequestsPerQueues = 4_000;

    private static IReadOnlyList<string> Words { get; } = ["work", "coding", "analysis", "general"];

    /// <summary>A value for a field or a part of an address; null: any will do.</summary>
    /// <param name="name">The field.</param>
    /// <param name="number">The request's.</param>
    /// <param name="random">Decides.</param>
    public string? ValueOf(string name, int number, Random random) => name switch
    {
        "queue" => random.Next(6) == 0 ? MemoryQueue : $"m{random.Next(2)}-{number / RequestsPerQueues}",
        "id" or "taskId" => TaskOf(number, random),
        "operationId" => Learned("operationId", random) ?? "o",
        "dependsOn" => TaskOf(number, random),
        "graphId" => Learned("graphId", random) ?? "g",
        "cursor" => Learned("nextCursor", random),
        "leaseToken" => AnyGrant(random)?.Token ?? "none",
        "agentId" or "instanceId" => Pick(["a0", "a1", "a2"], random),
        "claimId" => Pick(["c0", "c1"], random),
        "name" => Pick(["hourly", "daily"], random),
        "type" or "types" or "capabilities" or "route" or "verifier" or "capability" or "fallback" => Pick(Words, random),
        "uniqueKey" or "concurrencyKey" or "rateLimitKey" or "fairnessKey" or "budgetKey" => Pick(["k0", "k1"], random),
        "cron" => Pick(["0 * * * *", "*/5 * * * * *", "0 0 29 2 *"], random),
        "timeZone" => Pick(["UTC", "Europe/Berlin"], random),
        "label" => "team=core",
        "state" => Pick(["pending", "assigned", "completed", "failed", "waiting"], random),
        "window" => Pick(["5m", "90m", "24h", "1d"], random),
        "path" => ".",
        _ => null,
    };

    /// <summary>A queue that stores nothing.</summary>
    public const string MemoryQueue = "m-memory";

    /// <summary>Takes names out of an answer.</summary>
    public void Learn(JsonElement answer)
    {
        if (answer.ValueKind == JsonValueKind.Array) foreach (var item in answer.EnumerateArray().Take(4)) Learn(item);
        if (answer.ValueKind != JsonValueKind.Object) return;
        if (answer.TryGetProperty("lease", out var lease))
            Keep(_grants, new Grant(answer.GetProperty("queue").GetString()!, answer.GetProperty("id").GetString()!, lease.GetProperty("token").GetString()!));
        foreach (var field in answer.EnumerateObject())
        {
            if (field.Name is "graphId" or "operationId" or "nextCursor") Keep(_learned.GetOrAdd(field.Name, _ => new()), field.Value.GetString()!);
            else if (field.Name is not ("payload" or "result" or "checkpoint" or "inputs" or "answer")) Learn(field.Value);
        }
    }

    /// <summary>A grant that was made lately and may still stand; null before the first.</summary>
    public Grant? AnyGrant(Random random) => _grants.ToArray() is { Length: > 0 } grants ? Pick(grants, random) : null;

    public static T Pick<T>(IReadOnlyList<T> values, Random random) => values[random.Next(values.Count)];

    private static void Keep<T>(ConcurrentQueue<T> kept, T value)
    {
        kept.Enqueue(value);
        while (kept.Count > Kept && kept.TryDequeue(out _)) { }
    }

    private static string TaskOf(int number, Random random) => $"t{number / RequestsPerTasks}-{random.Next(24)}";

    private string? Learned(string name, Random random) => _learned.TryGetValue(name, out var kept) && kept.ToArray() is { Length: > 0 } values ? Pick(values, random) : null;
}
