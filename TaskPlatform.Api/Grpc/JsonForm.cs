using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Grpc;

/// <summary>
/// Writes an item in the JSON that HTTP has for it. What has more than the plainest fields is read by the readers of HTTP, so that each rule stands in one
/// place.
/// </summary>
internal sealed class JsonForm
{
    private readonly ArrayBufferWriter<byte> _text = new(256);
    private readonly Utf8JsonWriter _writer;

    public JsonForm()
    {
        _writer = new Utf8JsonWriter(_text, new JsonWriterOptions { SkipValidation = true });
        _writer.WriteStartObject();
    }

    /// <summary>A text; none where it is empty, as messages have it.</summary>
    public JsonForm Text(string name, string value)
    {
        if (value.Length > 0) _writer.WriteString(name, value);
        return this;
    }

    public JsonForm Flag(string name, bool value)
    {
        _writer.WriteBoolean(name, value);
        return this;
    }

    public JsonForm Whole(string name, long value)
    {
        _writer.WriteNumber(name, value);
        return this;
    }

    /// <summary>A number; what is no number is written as text, which no field takes.</summary>
    public JsonForm Number(string name, double value)
    {
        if (double.IsFinite(value)) _writer.WriteNumber(name, value);
        else _writer.WriteString(name, "no number");
        return this;
    }

    /// <summary>A value that the caller gives as JSON.</summary>
    /// <exception cref="RequestRefusedException">It is not one sound JSON value.</exception>
    public JsonForm Json(string name, ByteString value)
    {
        JsonText.Parse(value.Memory).Dispose();
        _writer.WritePropertyName(name);
        _writer.WriteRawValue(value.Span, skipInputValidation: true);
        return this;
    }

    /// <summary>The fields of an object that the caller gives as JSON; none where it is empty.</summary>
    /// <exception cref="RequestRefusedException">It is not one sound JSON object.</exception>
    public JsonForm Fields(string name, ByteString value)
    {
        if (value.IsEmpty) return this;
        using var document = JsonText.Parse(value.Memory);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new RequestRefusedException(Problems.Of(ProblemTypes.InvalidRequest, $"{name}: must be a JSON object.", [new FieldError(name, "must be a JSON object")]));
        foreach (var field in document.RootElement.EnumerateObject()) field.WriteTo(_writer);
        return this;
    }

    /// <summary>An object in this one.</summary>
    public JsonForm Object(string name, Action<JsonForm> write)
    {
        _writer.WriteStartObject(name);
        write(this);
        _writer.WriteEndObject();
        return this;
    }

    /// <summary>What was written, parsed; fields that stand twice are refused.</summary>
    /// <exception cref="RequestRefusedException"/>
    public JsonDocument Parse()
    {
        _writer.WriteEndObject();
        _writer.Flush();
        return JsonText.Parse(_text.WrittenMemory);
    }
}
