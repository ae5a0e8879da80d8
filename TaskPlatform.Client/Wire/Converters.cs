using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>Enums travel by the contract's names (<c>in_progress</c>), never by number.</summary>
internal sealed class WireEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>RFC 3339 in UTC with <c>Z</c>. A time without an offset is refused: it would mean another moment on every machine.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && reader.TryGetDateTime(out var time) && time.Kind != DateTimeKind.Unspecified)
            return new DateTimeOffset(time.ToUniversalTime());
        throw new JsonException("A time is written as in RFC 3339 with its offset, for example 2026-01-31T12:00:00Z.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[32];
        value.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}

/// <summary>A dependency is its id alone, or an object when the edge fires on something other than success.</summary>
internal sealed class DependencyConverter : JsonConverter<Dependency>
{
    private const string Shape = "A dependency is a task id, or {\"id\": …, \"on\": \"success\" | \"finish\" | \"failure\"}.";

    public override Dependency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new Dependency(reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException(Shape);

        string? id = null;
        var on = DependencyTrigger.Success;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "id" when reader.TokenType == JsonTokenType.String: id = reader.GetString(); break;
                case "on" when reader.TokenType == JsonTokenType.String: on = ReadTrigger(reader.GetString()!); break;
                case "id" or "on": throw new JsonException(Shape);
                case var _ when options.UnmappedMemberHandling == JsonUnmappedMemberHandling.Disallow:
                    throw new JsonException($"A dependency has no field '{name}'. {Shape}");
                default: reader.Skip(); break;
            }
        }

        return id is null ? throw new JsonException(Shape) : new Dependency(id, on);
    }

    public override void Write(Utf8JsonWriter writer, Dependency value, JsonSerializerOptions options)
    {
        if (value.On == DependencyTrigger.Success)
        {
            writer.WriteStringValue(value.Id);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("id", value.Id);
        writer.WriteString("on", value.On == DependencyTrigger.Finish ? "finish" : "failure");
        writer.WriteEndObject();
    }

    private static DependencyTrigger ReadTrigger(string text) => text switch
    {
        "success" => DependencyTrigger.Success,
        "finish" => DependencyTrigger.Finish,
        "failure" => DependencyTrigger.Failure,
        _ => throw new JsonException(Shape),
    };
}
