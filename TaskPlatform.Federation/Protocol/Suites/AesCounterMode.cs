using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>
/// AES-256 in counter mode (NIST SP 800-38A, 6.5). The platform has no such mode: counters are encrypted block by block, many blocks at a call, which
/// reaches gigabytes a second.
/// </summary>
internal static class AesCounterMode
{
    private const int BlockBytes = 16;
    private const int BlocksAtOnce = 2048;

    /// <summary>The mask of a key: its keystream from counter nought on.</summary>
    public static void Mask(ReadOnlySpan<byte> key, Span<uint> lanes, MaskSign sign)
    {
        Span<byte> zero = stackalloc byte[BlockBytes];
        zero.Clear();
        var done = 0;
        foreach (var stream in new Keystream(key, zero, lanes.Length * sizeof(uint)))
        {
            var words = stream.Length / sizeof(uint);
            Lanes.Combine(lanes.Slice(done, words), stream, sign);
            done += words;
        }
    }

    /// <summary>Encrypts, and so decrypts: for the standard's own vectors.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="counter">The first counter block, 16 bytes, big-endian.</param>
    /// <param name="input">Of any length.</param>
    public static byte[] Transform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> counter, ReadOnlySpan<byte> input)
    {
        var output = input.ToArray();
        var done = 0;
        foreach (var stream in new Keystream(key, counter, input.Length))
        {
            for (var i = 0; i < stream.Length; i++) output[done + i] ^= stream[i];
            done += stream.Length;
        }
        return output;
    }

    /// <summary>The keystream in pieces; it ends after so many bytes. Enumerated once.</summary>
    private ref struct Keystream
    {
        private readonly Aes _aes = Aes.Create();
        private readonly ulong[] _counters;
        private readonly byte[] _stream;
        private readonly int _streamBytes;
        private ulong _high;
        private ulong _low;
        private int _left;

        public Keystream(ReadOnlySpan<byte> key, ReadOnlySpan<byte> counter, int bytes)
        {
            _aes.SetKey(key);
            _high = BinaryPrimitives.ReadUInt64BigEndian(counter);
            _low = BinaryPrimitives.ReadUInt64BigEndian(counter[sizeof(ulong)..]);
            _left = bytes;
            var blocks = Math.Min(BlocksAtOnce, (bytes + BlockBytes - 1) / BlockBytes);
            _counters = ArrayPool<ulong>.Shared.Rent(2 * blocks);
            _stream = ArrayPool<byte>.Shared.Rent(blocks * BlockBytes);
            _streamBytes = blocks * BlockBytes;
        }

        public ReadOnlySpan<byte> Current { get; private set; }

        public readonly Keystream GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_left == 0) return false;
            var bytes = Math.Min(_left, _streamBytes);
            var counters = _counters.AsSpan(0, (bytes + BlockBytes - 1) / BlockBytes * 2);
            Count(counters);
            _aes.EncryptEcb(MemoryMarshal.AsBytes(counters), _stream, PaddingMode.None);
            _left -= bytes;
            Current = _stream.AsSpan(0, bytes);
            return true;
        }

        /// <summary>The next counters, big-endian.</summary>
        private void Count(Span<ulong> counters)
        {
            for (var i = 0; i < counters.Length; i += 2)
            {
                counters[i] = BigEndian(_high);
                counters[i + 1] = BigEndian(_low);
                if (++_low == 0) _high++;
            }
        }

        private static ulong BigEndian(ulong value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

        public readonly void Dispose()
        {
            CryptographicOperations.ZeroMemory(_stream.AsSpan(0, _streamBytes));
            ArrayPool<byte>.Shared.Return(_stream);
            ArrayPool<ulong>.Shared.Return(_counters);
            _aes.Dispose();
        }
    }
}
