using System.Collections.Immutable;
using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads a task as it is submitted.</summary>
internal static partial class TaskReader
{
    private const double DefaultBackoffMostSeconds = 300;

    /// <summary>Null when something is wrong with it, which then stands in <paramref name="errors"/>.</summary>
    /// <param name="element">The task.</param>
    /// <param name="path">Where it stands in the body; empty for the body itself.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="makeId">Makes the id of a task that has none, from its fingerprint; null: a new one.</param>
    public static TaskSubmission? Read(JsonElement? element, string path, RequestErrors errors, Func<UInt128, string>? makeId = null)
    {
        var known = errors.Count;
        var fields = new FieldReader(element, path, errors);
        var id = fields.Id("id");
        var task = ReadContent(fields, ReadUnique(fields)) with
        {
            DependsOn = ReadDependencies(fields, errors),
            NotBeforeUnixMs = fields.UnixMs("notBefore"),
            DeadlineUnixMs = fields.UnixMs("deadline"),
        };
        if (task.DeadlineUnixMs <= task.NotBeforeUnixMs) fields.Refuse("deadline", "must be later than notBefore");
        fields.RefuseUnknown();
        if (errors.Count != known) return null;
        var fingerprint = Fingerprint.Of(task);
        return task with { Id = id ?? makeId?.Invoke(fingerprint) ?? NewId(), Fingerprint = fingerprint };
    }

    /// <summary>A task that a schedule makes again and again: what says when and under which name it is made belongs to the schedule.</summary>
    /// <param name="fields">The task.</param>
    /// <param name="name">The schedule's name, which stands for the id until a task is made.</param>
    public static TaskSubmission ReadTemplate(FieldReader fields, string name)
    {
        fields.RefuseGiven(
            "must be left out: the schedule says when a task is made, and under which id",
            "id", "dependsOn", "notBefore", "deadline", "uniqueKey", "uniqueSeconds");
        var task = ReadContent(fields, unique: null) with { Id = name };
        fields.RefuseUnknown();
        return task with { Fingerprint = Fingerprint.Of(task) };
    }

    /// <summary>A new id; ids made later sort later.</summary>
    public static string NewId() => Guid.CreateVersion7().ToString("N");

    /// <summary>The id alone, of a task that may be wrong otherwise; null when it has none that could be one.</summary>
    public static string? IdOf(JsonElement element) => new FieldReader(element, "", new RequestErrors()).Id("id");

    private static TaskSubmission ReadContent(FieldReader fields, UniqueKey? unique)
    {
        return new TaskSubmission
        {
            Id = "",
            Type = fields.Word("type", isRequired: true) ?? "",
            Priority = fields.Choice<TaskPriority>("priority", Words.Priority, "critical, high, medium or low") ?? TaskPriority.Medium,
            Labels = fields.Labels("labels"),
            Body = new TaskBody
            {
                Description = fields.Text("description", RequestLimits.TextBytes),
                Payload = fields.Value("payload") ?? default,
                Capabilities = [.. fields.Words("capabilities") ?? []],
                Policy = ReadPolicy(fields),
                Flow = ReadFlow(fields),
                Unique = unique,
            },
        };
    }

    /// <summary>What most tasks share is one object.</summary>
    private static TaskPolicy ReadPolicy(FieldReader fields)
    {
        var policy = new TaskPolicy
        {
            MaxAttempts = (int?)fields.Whole("maxAttempts", 1, RequestLimits.Attempts) ?? TaskPolicy.Default.MaxAttempts,
            Backoff = ReadBackoff(fields.Object("backoff")),
            LeaseMs = fields.Milliseconds("leaseSeconds", RequestLimits.ShortestSeconds, RequestLimits.DaySeconds) ?? TaskPolicy.Default.LeaseMs,
            AttemptTimeoutMs = fields.Milliseconds("attemptTimeoutSeconds", RequestLimits.ShortestSeconds, RequestLimits.WeekSeconds)
                ?? TaskPolicy.Default.AttemptTimeoutMs,
            StallMs = fields.Milliseconds("stallSeconds", RequestLimits.ShortestSeconds, RequestLimits.WeekSeconds),
            FailsWithChild = fields.Choice<bool>("onChildFailure", FailsWithChild, "resume or fail") ?? false,
            Verifier = fields.Word("verifier"),
        };
        return policy == TaskPolicy.Default ? TaskPolicy.Default : policy;
    }

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

    private static bool? FailsWithChild(string word) => word switch
    {
        "resume" => false,
        "fail" => true,
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
