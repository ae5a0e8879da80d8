using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Debates;

/// <summary>Writes what holds many arguments so that it fits: each is cut short alike, as far as it takes.</summary>
internal static class Shortened
{
    /// <summary>The most of one argument that is ever shown, in characters.</summary>
    public const int ArgumentLength = 8 << 10;

    private static readonly WireJson Plain = new(new JsonSerializerOptions(WireJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The JSON, below the limit of a value.</summary>
    /// <param name="make">Makes the value with arguments of so many characters at most.</param>
    public static byte[] Write<T>(Func<int, T> make)
    {
        for (var most = ArgumentLength; ; most /= 2)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(make(most), (JsonTypeInfo<T>)Plain.GetTypeInfo(typeof(T))!);
            if (json.Length <= RequestLimits.ValueBytes || most == 0) return json;
        }
    }

    /// <summary>The beginning of an argument, without half a character at its end.</summary>
    public static string? Cut(string? argument, int most)
    {
        if (argument is null || argument.Length <= most) return argument;
        return most == 0 ? null : $"{TextStart.Of(argument, most)}…";
    }
}
