using System.Globalization;
using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Numbers, durations and times.</summary>
internal sealed partial class FieldReader
{
    private const string TimeRule = "must be a time as in RFC 3339 with its offset, such as 2026-01-31T12:00:00Z, from 1970 on";

    /// <summary>A number within a range.</summary>
    public double? Number(string name, double least, double most, bool isRequired = false)
    {
        if (Find(name, isRequired) is not { } value) return null;
        // Digits beyond the range of a double read as infinity, which no range contains.
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most) return number;
        _errors.Add(PathOf(name), string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}"));
        return null;
    }

    /// <summary>A whole number within a range; <c>4.0</c> is one.</summary>
    public long? Whole(string name, long least, long most, bool isRequired = false)
    {
        if (Find(name, isRequired) is not { } value) return null;
        if (WholeOf(value) is { } number && number >= least && number <= most) return number;
        _errors.Add(PathOf(name), $"must be a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A duration in seconds, as milliseconds.</summary>
    public long? Milliseconds(string name, double leastSeconds, double mostSeconds, bool isRequired = false)
        => Number(name, leastSeconds, mostSeconds, isRequired) is { } seconds ? (long)Math.Round(seconds * 1000) : null;

    /// <summary>A moment, in Unix milliseconds.</summary>
    public long? UnixMs(string name)
        => Find(name) is { } value ? UnixMs(name, value) : null;

    /// <summary>A moment to set, where <c>null</c> takes it away; null when the field is missing.</summary>
    public NewDate? NewDate(string name) => FindOrNull(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Null } => new NewDate(null),
        { } value => UnixMs(name, value) is { } unixMs ? new NewDate(unixMs) : null,
    };

    private long? UnixMs(string name, JsonElement value)
    {
        // A time without an offset would mean another moment on every machine.
        if (value.ValueKind == JsonValueKind.String && value.TryGetDateTime(out var time) && time.Kind != DateTimeKind.Unspecified)
        {
            var unixMs = new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeMilliseconds();
            if (unixMs >= 0) return unixMs;
        }
        _errors.Add(PathOf(name), TimeRule);
        return null;
    }

    private static long? WholeOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number) return null;
        if (value.TryGetInt64(out var whole)) return whole;
        return value.TryGetDouble(out var number) && Math.Abs(number) < 1L << 53 && number == Math.Floor(number) ? (long)number : null;
    }
}
