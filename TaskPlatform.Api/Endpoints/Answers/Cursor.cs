using System.Buffers.Binary;
using System.Buffers.Text;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>
/// Where a listing goes on: behind a place in line, which no change of any task moves. Opaque to callers, who get back what they were given.
/// </summary>
internal static class Cursor
{
    private const byte Version = 1;
    private const int Length = 1 + sizeof(long);

    /// <summary>Writes a cursor.</summary>
    public static string Write(long before)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], before);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; null when it is none of ours.</summary>
    public static long? Read(string text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length > 2 * Length || !Base64Url.IsValid(text, out var length) || length != Length) return null;
        Base64Url.DecodeFromChars(text, bytes);
        return bytes[0] == Version ? BinaryPrimitives.ReadInt64BigEndian(bytes[1..]) : null;
    }
}
