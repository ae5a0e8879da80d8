using System.Text.Json;

namespace TaskPlatform.Worker;

/// <summary>How large a result is where the queue weighs it: as JSON, in which a quote or a bracket may take six bytes.</summary>
internal static class ResultSize
{
    /// <summary>The largest result in bytes. The queue takes 256 KiB; some room is kept.</summary>
    public const int Max = 240 * 1024;

    /// <summary>The size of a value in bytes of JSON.</summary>
    public static int Of<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web).Length;
}
