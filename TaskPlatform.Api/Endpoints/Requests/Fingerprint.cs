using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>
/// Hashes of what was asked, to tell a repeat from another request under the same name. Stored with tasks and keys: what goes in here must
/// never change for a request of an earlier version; a new field is hashed only where it is given.
/// </summary>
/// <remarks>
/// JSON is hashed token by token, text unescaped: white space and ways of escaping do not matter, the order of properties and the spelling of
/// numbers do.
/// </remarks>
public static class Fingerprint
{
    private const int ShortText = 256;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestLimits.Depth };

    [ThreadStatic]
    private static XxHash128? _hash;

    /// <summary>Of a task with every default filled in, except its id and what the service adds.</summary>
    public static UInt128 Of(TaskSubmission task)
    {
        var hash = Begin();
        AddText(hash, task.Type);
        AddNumber(hash, (long)task.Priority);
        AddNumber(hash, task.DependsOn.Length);
        foreach (var edge in task.DependsOn)
        {
            AddText(hash, edge.Id);
            AddNumber(hash, (long)edge.On);
        }
        AddOptional(hash, task.NotBeforeUnixMs);
        AddOptional(hash, task.DeadlineUnixMs);
        AddNumber(hash, task.Labels.Count);
        foreach (var (name, value) in task.Labels)
        {
            AddText(hash, name);
            AddText(hash, value);
        }
        AddBody(hash, task.Body);
        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Of a request: method, path and body; the body must be valid JSON or empty.</summary>
    public static UInt128 Of(string method, string path, ReadOnlySpan<byte> body)
    {
        var hash = Begin();
        AddText(hash, method);
        AddText(hash, path);
        AddJson(hash, body);
        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>The id of a child that was given none, so that a repeated attempt names the same children by the same ids.</summary>
    /// <param name="parentId">The task that adds it.</param>
    /// <param name="fingerprint">The child's own fingerprint.</param>
    /// <param name="number">Its number among those of the call that are alike, from 0.</param>
    /// <returns>32 hexadecimal digits.</returns>
    public static string ChildId(string parentId, UInt128 fingerprint, int number)
    {
        var hash = Begin();
        AddText(hash, parentId);
        AddText(hash, fingerprint.ToString("x32"));
        AddNumber(hash, number);
        return hash.GetCurrentHashAsUInt128().ToString("x32");
    }

    // Hashing is synchronous, so that one is enough for each thread: it has a buffer of its own, and a task is hashed whenever one is submitted.
    private static XxHash128 Begin()
    {
        var hash = _hash ??= new XxHash128();
        hash.Reset();
        return hash;
    }

    private static void AddBody(XxHash128 hash, TaskBody body)
    {
        AddText(hash, body.Description ?? "");
        AddNumber(hash, body.Capabilities.Length);
        foreach (var capability in body.Capabilities) AddText(hash, capability);
        AddNumber(hash, body.MaxAttempts);
        AddNumber(hash, body.Backoff.Exponential ? 1 : 0);
        AddNumber(hash, body.Backoff.InitialMs);
        AddNumber(hash, body.Backoff.MaxMs);
        AddNumber(hash, body.LeaseMs);
        AddNumber(hash, body.AttemptTimeoutMs);
        AddOptional(hash, body.StallMs);
        AddJson(hash, body.Payload.Span);
        AddLaterFields(hash, body);
    }

    // Each with its name, so that one of them cannot be taken for another; a task that has none of them keeps its hash.
    private static void AddLaterFields(XxHash128 hash, TaskBody body)
    {
        var flow = body.Flow;
        AddGiven(hash, "uniqueKey", body.Unique?.Key);
        AddGiven(hash, "uniqueMs", body.Unique?.ForMs);
        AddGiven(hash, "concurrencyKey", flow.ConcurrencyKey);
        AddGiven(hash, "rateLimitKey", flow.RateLimitKey);
        AddGiven(hash, "fairnessKey", flow.FairnessKey);
        AddGiven(hash, "weight", flow.Weight == TaskFlow.None.Weight ? null : flow.Weight);
        AddGiven(hash, "tokens", flow.Budget?.Tokens);
        AddGiven(hash, "cost", flow.Budget?.Cost is { } cost ? BitConverter.DoubleToInt64Bits(cost) : null);
        AddGiven(hash, "budgetKey", flow.BudgetKey);
        AddGiven(hash, "onChildFailure", body.Policy.FailsWithChild ? "fail" : null);
        AddGiven(hash, "route", flow.Route);
        AddGiven(hash, "verifier", body.Policy.Verifier);
    }

    private static void AddGiven(XxHash128 hash, string name, string? text)
    {
        if (text is null) return;
        AddText(hash, name);
        AddText(hash, text);
    }

    private static void AddGiven(XxHash128 hash, string name, long? number)
    {
        if (number is null) return;
        AddText(hash, name);
        AddNumber(hash, number.Value);
    }

    private static void AddJson(XxHash128 hash, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return;
        var reader = new Utf8JsonReader(json, Options);
        while (reader.Read())
        {
            AddNumber(hash, (long)reader.TokenType);
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) AddJsonText(hash, ref reader);
            else if (reader.TokenType == JsonTokenType.Number) AddBytes(hash, reader.ValueSpan);
        }
    }

    private static void AddJsonText(XxHash128 hash, ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            AddBytes(hash, reader.ValueSpan);
            return;
        }
        var unescaped = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        AddBytes(hash, unescaped.AsSpan(0, reader.CopyString(unescaped)));
        ArrayPool<byte>.Shared.Return(unescaped);
    }

    private static void AddText(XxHash128 hash, string text)
    {
        Span<byte> bytes = stackalloc byte[ShortText];
        if (Encoding.UTF8.TryGetBytes(text, bytes, out var length)) AddBytes(hash, bytes[..length]);
        else AddBytes(hash, Encoding.UTF8.GetBytes(text));
    }

    private static void AddOptional(XxHash128 hash, long? number) => AddNumber(hash, number ?? long.MinValue);

    // Each with its length, or two neighbours could trade characters unnoticed.
    private static void AddBytes(XxHash128 hash, ReadOnlySpan<byte> bytes)
    {
        AddNumber(hash, bytes.Length);
        hash.Append(bytes);
    }

    private static void AddNumber(XxHash128 hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.Append(bytes);
    }
}
