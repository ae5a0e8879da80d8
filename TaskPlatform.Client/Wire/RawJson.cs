using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace TaskPlatform.Client.Wire;

/// <summary>
/// A JSON value carried byte for byte, as UTF-8. Payloads, results and checkpoints belong to their authors: a number of forty digits
/// or an unusual escape must come out exactly as it went in, which a parse and a rewrite would not promise.
/// </summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly struct RawJson : IEquatable<RawJson>
{
    private static readonly byte[] NullLiteral = "null"u8.ToArray();

    private readonly ReadOnlyMemory<byte> _utf8;

    private RawJson(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    /// <summary>The value's bytes; never empty (the default value is the literal <c>null</c>).</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8.IsEmpty ? NullLiteral : _utf8;

    /// <summary>Whether the value is the JSON literal <c>null</c>.</summary>
    public bool IsNull => Utf8.Span.SequenceEqual(NullLiteral);

    /// <summary>The length in bytes, which the limits of the contract count.</summary>
    public int Length => Utf8.Length;

    /// <summary>Takes bytes that are known to be one valid JSON value, without looking at them or copying them.</summary>
    public static RawJson FromTrusted(ReadOnlyMemory<byte> utf8) => new(utf8);

    /// <summary>Checks that the text is exactly one JSON value and keeps it.</summary>
    /// <exception cref="JsonException">The text is not valid JSON.</exception>
    public static RawJson Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <inheritdoc cref="Parse(string)"/>
    public static RawJson Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return new(JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray());
    }

    /// <summary>Writes a value as JSON. The options default to <see cref="JsonSerializerOptions.Web"/>.</summary>
    public static RawJson From<T>(T value, JsonSerializerOptions? options = null) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, options ?? JsonSerializerOptions.Web));

    /// <summary>Writes a value as JSON with source-generated metadata.</summary>
    public static RawJson From<T>(T value, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Reads the value. The options default to <see cref="JsonSerializerOptions.Web"/>.</summary>
    /// <exception cref="JsonException">The value does not fit the type.</exception>
    public T? To<T>(JsonSerializerOptions? options = null) =>
        JsonSerializer.Deserialize<T>(Utf8.Span, options ?? JsonSerializerOptions.Web);

    /// <summary>Reads the value with source-generated metadata.</summary>
    /// <exception cref="JsonException">The value does not fit the type.</exception>
    public T? To<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Utf8.Span, type);

    /// <summary>The value as an element that owns its memory.</summary>
    public JsonElement ToElement() => JsonElement.Parse(Utf8.Span);

    /// <summary>Two values are equal when their bytes are.</summary>
    public bool Equals(RawJson other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RawJson other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    /// <inheritdoc cref="Equals(RawJson)"/>
    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    /// <inheritdoc cref="Equals(RawJson)"/>
    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);

    /// <summary>The JSON text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);
}

/// <summary>Copies the bytes of a value in and out.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override bool HandleNull => true;

    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return RawJson.FromTrusted(JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray());
    }

    // The bytes were checked when the value was made.
    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}
