using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>How figures are written for programs.</summary>
internal static class ReadableJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
