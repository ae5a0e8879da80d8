using System.Text;

namespace TaskPlatform.Api.Store;

/// <summary>One field of a hash, put or deleted.</summary>
/// <param name="Name">The field's name in UTF-8.</param>
/// <param name="Value">The whole record; empty for a delete.</param>
/// <param name="IsDelete">Whether the field goes away.</param>
public readonly record struct FieldChange(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value, bool IsDelete)
{
    // "$<length>\r\n…\r\n" twice, with lengths of up to seven digits.
    private const int FramingBytes = 24;

    /// <summary>The field's name.</summary>
    public string Field => Encoding.UTF8.GetString(Name.Span);

    /// <summary>What this change takes in a call, in bytes: name, value and the framing of both.</summary>
    public int Bytes => BytesOf(Name.Length, Value.Length);

    /// <inheritdoc cref="Bytes"/>
    internal static int BytesOf(int name, int value) => name + value + FramingBytes;
}
