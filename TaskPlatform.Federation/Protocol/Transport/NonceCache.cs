using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>
/// The nonces of one member's messages, each remembered until its signature has certainly expired. Time is a monotonic one: a clock that is set forward makes it forget
/// nothing. When it is full it takes no more, so that it never forgets early either.
/// </summary>
/// <param name="time">Its timestamps count, not its clock.</param>
/// <param name="memory">How long a nonce is remembered.</param>
/// <param name="capacity">How many are.</param>
internal sealed class NonceCache(TimeProvider time, TimeSpan memory, int capacity)
{
    /// <summary>16 bytes in Base64url without padding.</summary>
    public const int TextLength = 22;

    private readonly Lock _lock = new();
    private readonly HashSet<UInt128> _known = [];
    private readonly Queue<(UInt128 Nonce, long At)> _byAge = [];

    /// <summary>How many are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _known.Count;
        }
    }

    /// <summary>Remembers a nonce.</summary>
    public NonceResult Add(UInt128 nonce)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            while (_byAge.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) > memory) _known.Remove(_byAge.Dequeue().Nonce);
            if (_known.Contains(nonce)) return NonceResult.Reused;
            if (_known.Count >= capacity) return NonceResult.Full;
            _known.Add(nonce);
            _byAge.Enqueue((nonce, now));
            return NonceResult.New;
        }
    }

    /// <summary>Reads a nonce. Only one form is taken, so that one nonce has one text.</summary>
    public static bool TryParse(string text, out UInt128 nonce)
    {
        nonce = default;
        Span<byte> bytes = stackalloc byte[18];
        if (text.Length != TextLength || !Base64Url.IsValid(text, out var length) || length != 16 || !Base64Url.TryDecodeFromChars(text, bytes, out _)) return false;
        nonce = MemoryMarshal.Read<UInt128>(bytes);
        return Base64Url.EncodeToString(bytes[..16]) == text;
    }
}

/// <summary>What became of a nonce.</summary>
internal enum NonceResult
{
    /// <summary>It is remembered now.</summary>
    New,

    /// <summary>It was there.</summary>
    Reused,

    /// <summary>There is no room for it.</summary>
    Full,
}
