using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>
/// Turns bytes into JSON that is sound throughout. The parser checks structure only: text that is not UTF-8, or half a surrogate pair
/// written as an escape, would pass and fail later, in the middle of a call or at another reader.
/// </summary>
internal static class JsonText
{
    private const string Field = "body";

    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = RequestLimits.Depth,
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Disallow,
        AllowTrailingCommas = false,
    };

    /// <summary>Parses; the document refers to the bytes.</summary>
    /// <exception cref="RequestRefusedException">The bytes are not one sound JSON value.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span)) throw Refuse("The body is not valid UTF-8.");
        // Before parsing: looking for properties that stand twice, the parser itself would stumble over half a pair in a name.
        if (FindHalfPair(utf8.Span) is { } position)
            throw Refuse($"The escape at byte {position} is half a surrogate pair, which is not a character.");
        try
        {
            return JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException exception)
        {
            throw Refuse($"The body is not valid JSON: {exception.Message}");
        }
    }

    /// <summary>Where text has an escape such as <c>\ud800</c> without its other half, in bytes from the start.</summary>
    public static int? FindHalfPair(ReadOnlySpan<byte> json)
    {
        for (var position = 0; position < json.Length;)
        {
            var next = json[position..].IndexOf((byte)'\\');
            if (next < 0) return null;
            position += next;
            switch (EscapeAt(json[position..]))
            {
                case { } high when char.IsHighSurrogate(high):
                    if (EscapeAt(json[(position + EscapeLength)..]) is not { } low || !char.IsLowSurrogate(low)) return position;
                    position += 2 * EscapeLength;
                    break;
                case { } alone when char.IsLowSurrogate(alone):
                    return position;
                case null:
                    position += 2;
                    break;
                default:
                    position += EscapeLength;
                    break;
            }
        }
        return null;
    }

    private const int EscapeLength = 6;

    private static char? EscapeAt(ReadOnlySpan<byte> json)
        => json.Length >= EscapeLength && json[0] == '\\' && json[1] == 'u'
        && Utf8Parser.TryParse(json[2..EscapeLength], out ushort unit, out var read, 'x') && read == 4
            ? (char)unit
            : null;

    private static RequestRefusedException Refuse(string detail)
        => new(Problems.Of(ProblemTypes.InvalidRequest, detail, [new FieldError(Field, detail)]));
}
