using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Federation;

/// <summary>Reads a body of bounded size; what is wrong with it becomes a problem that names the field.</summary>
internal static class JsonBody
{
    public const long MaxBytes = 64 * 1024;

    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            var value = await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted);
            return value is null ? (null, Invalid("", "The body must be a JSON object.")) : (value, null);
        }
        catch (JsonException wrong)
        {
            return (null, Invalid(FieldOf(wrong), Explain(wrong.Message)));
        }
        catch (BadHttpRequestException wrong) when (wrong.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Problems.TooLarge(MaxBytes));
        }
    }

    private static IResult Invalid(string field, string message) => Problems.Invalid([new FieldError(field, message)]);

    // The reader's own words name .NET types, which mean nothing to the caller.
    private static string Explain(string message)
    {
        if (message.Contains("could not be mapped", StringComparison.Ordinal)) return "There is no such field.";
        const string Missing = "including: ";
        var missing = message.IndexOf(Missing, StringComparison.Ordinal);
        return missing >= 0 ? $"Missing: {message[(missing + Missing.Length)..]}" : "Not JSON, or a value of the wrong kind.";
    }

    private static string FieldOf(JsonException wrong) => (wrong.Path ?? "").TrimStart('$').TrimStart('.');
}
