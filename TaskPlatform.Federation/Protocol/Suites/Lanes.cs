using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>Arithmetic on vectors of lanes, modulo 2³².</summary>
internal static class Lanes
{
    /// <summary>Adds a keystream to as many lanes, or subtracts it. Words are little-endian, whatever the machine.</summary>
    public static void Combine(Span<uint> lanes, ReadOnlySpan<byte> keystream, MaskSign sign)
    {
        if (!BitConverter.IsLittleEndian)
        {
            var words = new uint[lanes.Length];
            for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(keystream[(i * sizeof(uint))..]);
            Combine(lanes, words, sign);
            return;
        }
        Combine(lanes, MemoryMarshal.Cast<byte, uint>(keystream), sign);
    }

    /// <summary>Adds a vector to another of the same length, or subtracts it.</summary>
    public static void Combine(Span<uint> lanes, ReadOnlySpan<uint> words, MaskSign sign)
    {
        if (words.Length != lanes.Length) throw new ArgumentException("Vectors of different lengths.", nameof(words));
        var wide = MemoryMarshal.Cast<uint, Vector<uint>>(lanes);
        var wideWords = MemoryMarshal.Cast<uint, Vector<uint>>(words);
        for (var j = 0; j < wide.Length; j++) wide[j] = sign == MaskSign.Add ? wide[j] + wideWords[j] : wide[j] - wideWords[j];
        var i = wide.Length * Vector<uint>.Count;
        for (; i < lanes.Length; i++) lanes[i] = unchecked(sign == MaskSign.Add ? lanes[i] + words[i] : lanes[i] - words[i]);
    }
}
