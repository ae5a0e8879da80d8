using System.Text;

namespace TaskPlatform.Api.Store;

/// <summary>One field of a hash, put or deleted.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Value">The whole record; empty for a delete. Whoever hands it over must not change its bytes afterwards.</param>
/// <param name="IsDelete">Whether the field goes away.</param>
public readonly record struct FieldChange(string Field, ReadOnlyMemory<byte> Value, bool IsDelete)
{
    // "$<length>\r\n…\r\n" twice, with lengths of up to seven digits.
    private const int FramingBytes = 24;

    /// <summary>What this change takes in a call, in bytes: name, value and the framing of both.</summary>
    public int Bytes { get; } = Encoding.UTF8.GetByteCount(Field) + Value.Length + FramingBytes;
}
