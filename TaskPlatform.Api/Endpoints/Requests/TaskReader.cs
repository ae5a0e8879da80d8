using System.Collections.Immutable;
using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads a task as it is submitted.</summary>
internal static class TaskReader
{
    private const double DefaultBackoffMostSeconds = 300;

    /// <summary>Null when something is wrong with it, which then stands in <paramref name="errors"/>.</summary>
    public static TaskSubmission? Read(JsonElement? element, string path, RequestErrors errors)
    {
        var known = errors.Count;
        var fields = new FieldReader(element, path, errors);
        var task = new TaskSubmission
        {
            Id = fields.Id("id") ?? NewId(),
            Type = fields.Word("type", isRequired: true) ?? "",
            Priority = fields.Choice<TaskPriority>("priority", Words.Priority, "critical, high, medium or low") ?? TaskPriority.Medium,
            DependsOn = ReadDependencies(fields, errors),
            NotBeforeUnixMs = fields.UnixMs("notBefore"),
            DeadlineUnixMs = fields.UnixMs("deadline"),
            Labels = fields.Labels("labels"),
            Body = ReadBody(fields),
        };
        if (task.DeadlineUnixMs <= task.NotBeforeUnixMs) fields.Refuse("deadline", "must be later than notBefore");
        fields.RefuseUnsupported(
            "uniqueKey", "uniqueSeconds", "concurrencyKey", "rateLimitKey", "fairnessKey", "weight", "budget", "budgetKey", "onChildFailure", "route",
            "verifier");
        fields.RefuseUnknown();
        return errors.Count == known ? task with { Fingerprint = Fingerprint.Of(task) } : null;
    }

    /// <summary>A new id; ids made later sort later.</summary>
    public static string NewId() => Guid.CreateVersion7().ToString("N");

    /// <summary>The id alone, of a task that may be wrong otherwise; null when it has none that could be one.</summary>
    public static string? IdOf(JsonElement element) => new FieldReader(element, "", new RequestErrors()).Id("id");

    private static TaskBody ReadBody(FieldReader fields) => new()
    {
        Description = fields.Text("description", RequestLimits.TextBytes),
        Payload = fields.Value("payload") ?? default,
        Capabilities = [.. fields.Words("capabilities") ?? []],
        MaxAttempts = (int?)fields.Whole("maxAttempts", 1, RequestLimits.Attempts) ?? 4,
        Backoff = ReadBackoff(fields.Object("backoff")),
        LeaseMs = fields.Milliseconds("leaseSeconds", RequestLimits.ShortestSeconds, RequestLimits.DaySeconds) ?? 30_000,
        AttemptTimeoutMs = fields.Milliseconds("attemptTimeoutSeconds", RequestLimits.ShortestSeconds, RequestLimits.WeekSeconds) ?? 3_600_000,
        StallMs = fields.Milliseconds("stallSeconds", RequestLimits.ShortestSeconds, RequestLimits.WeekSeconds),
    };

    private static BackoffPolicy ReadBackoff(FieldReader? fields)
    {
        if (fields is null) return BackoffPolicy.Default;
        var isExponential = fields.Choice<bool>("kind", IsExponential, "exponential or constant") ?? true;
        var initial = fields.Milliseconds("initialSeconds", 0, RequestLimits.DaySeconds) ?? BackoffPolicy.Default.InitialMs;
        // A first wait beyond the default's longest one is meant as it is said.
        var most = fields.Milliseconds("maxSeconds", 0, RequestLimits.DaySeconds);
        if (most < initial) fields.Refuse("maxSeconds", "must not be less than initialSeconds");
        fields.RefuseUnknown();
        return new BackoffPolicy(isExponential, initial, most ?? Math.Max(initial, (long)(DefaultBackoffMostSeconds * 1000)));
    }

    private static bool? IsExponential(string kind) => kind switch
    {
        "exponential" => true,
        "constant" => false,
        _ => null,
    };

    private static ImmutableArray<DependencyEdge> ReadDependencies(FieldReader fields, RequestErrors errors)
    {
        var edges = ImmutableArray.CreateBuilder<DependencyEdge>();
        var seen = new HashSet<string>();
        foreach (var (element, path) in fields.Items("dependsOn", 0, RequestLimits.Dependencies))
        {
            if (ReadDependency(element, path, errors) is not { } edge) continue;
            if (seen.Add(edge.Id)) edges.Add(edge);
            else errors.Add(path, $"names '{edge.Id}' a second time");
        }
        return edges.DrainToImmutable();
    }

    private static DependencyEdge? ReadDependency(JsonElement element, string path, RequestErrors errors)
    {
        if (element.ValueKind == JsonValueKind.Object) return ReadEdge(new FieldReader(element, path, errors));
        var id = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        if (Names.IsId(id)) return new DependencyEdge(id);
        errors.Add(path, "must be a task id, or an object with id and on");
        return null;
    }

    private static DependencyEdge? ReadEdge(FieldReader fields)
    {
        var id = fields.Id("id", isRequired: true);
        var on = fields.Choice<EdgeKind>("on", Words.Edge, "success, finish or failure") ?? EdgeKind.Success;
        fields.RefuseUnknown();
        return id is null ? null : new DependencyEdge(id, on);
    }
}
