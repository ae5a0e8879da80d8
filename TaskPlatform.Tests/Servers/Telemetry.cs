using System.Globalization;
using System.Text.Json;

namespace TaskPlatform.Tests.Servers;

/// <summary>Somebody who sent telemetry.</summary>
/// <param name="Name">The <c>OTEL_SERVICE_NAME</c>.</param>
/// <param name="InstanceId">Which replica, and which of its lives.</param>
/// <param name="HasLogs">Whether logs came.</param>
/// <param name="HasTraces">Whether spans came.</param>
/// <param name="HasMetrics">Whether measurements came.</param>
public sealed record TelemetryResource(string Name, string InstanceId, bool HasLogs, bool HasTraces, bool HasMetrics);

/// <summary>A span as the dashboard has it.</summary>
/// <param name="Resource">Who sent it.</param>
/// <param name="Instance">Which instance of it.</param>
/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="SpanId">16 hexadecimal digits.</param>
/// <param name="ParentSpanId">Null for the first span of a trace.</param>
/// <param name="Name">What it is about.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="HasError">Whether its status is Error.</param>
/// <param name="Attributes">Its attributes, each as text.</param>
public sealed record TelemetrySpan(
    string Resource, string Instance, string TraceId, string SpanId, string? ParentSpanId, string Name, DateTimeOffset Start, DateTimeOffset End, bool HasError,
    IReadOnlyDictionary<string, string> Attributes)
{
    internal static IEnumerable<TelemetrySpan> Read(JsonElement data) => Otlp.Items(data, "resourceSpans", "scopeSpans", "spans").Select(item => new TelemetrySpan(
        item.Resource,
        item.Instance,
        Otlp.Text(item.Json, "traceId")!,
        Otlp.Text(item.Json, "spanId")!,
        Otlp.Text(item.Json, "parentSpanId") is { Length: > 0 } parent ? parent : null,
        Otlp.Text(item.Json, "name")!,
        Otlp.Time(item.Json, "startTimeUnixNano"),
        Otlp.Time(item.Json, "endTimeUnixNano"),
        item.Json.TryGetProperty("status", out var status) && status.TryGetProperty("code", out var code) && code.ToString() is "2" or "STATUS_CODE_ERROR",
        Otlp.Attributes(item.Json)));
}

/// <summary>A log line as the dashboard has it.</summary>
/// <param name="Resource">Who sent it.</param>
/// <param name="Severity">Such as Information.</param>
/// <param name="Text">The line, with its holes filled.</param>
/// <param name="TraceId">The trace during which it was written, or null.</param>
/// <param name="Attributes">Its attributes, each as text.</param>
public sealed record TelemetryLog(string Resource, string Severity, string Text, string? TraceId, IReadOnlyDictionary<string, string> Attributes)
{
    internal static IEnumerable<TelemetryLog> Read(JsonElement data) => Otlp.Items(data, "resourceLogs", "scopeLogs", "logRecords").Select(item => new TelemetryLog(
        item.Resource,
        Otlp.Text(item.Json, "severityText") ?? "",
        item.Json.TryGetProperty("body", out var body) ? Otlp.Value(body) : "",
        Otlp.Text(item.Json, "traceId") is { Length: > 0 } trace ? trace : null,
        Otlp.Attributes(item.Json)));
}

/// <summary>Reads OTLP's JSON.</summary>
internal static class Otlp
{
    public static IEnumerable<(string Resource, string Instance, JsonElement Json)> Items(JsonElement data, string resources, string scopes, string items) =>
        from resource in Array(data, resources)
        let attributes = resource.TryGetProperty("resource", out var json) ? Attributes(json) : []
        from scope in Array(resource, scopes)
        from item in Array(scope, items)
        select (attributes.GetValueOrDefault("service.name", ""), attributes.GetValueOrDefault("service.instance.id", ""), item);

    public static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>Nanoseconds since 1970, as a text.</summary>
    public static DateTimeOffset Time(JsonElement json, string name) =>
        DateTimeOffset.UnixEpoch.AddTicks(long.Parse(json.GetProperty(name).ToString(), CultureInfo.InvariantCulture) / 100);

    public static Dictionary<string, string> Attributes(JsonElement json) =>
        Array(json, "attributes").ToDictionary(pair => pair.GetProperty("key").GetString()!, pair => Value(pair.GetProperty("value")));

    public static string Value(JsonElement value) => value.EnumerateObject().Select(kind => kind.Value.ToString()).FirstOrDefault("");

    private static IEnumerable<JsonElement> Array(JsonElement json, string name) => json.TryGetProperty(name, out var array) ? array.EnumerateArray() : [];
}
