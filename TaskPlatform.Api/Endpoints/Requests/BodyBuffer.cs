using System.Buffers;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>The bytes of a body on their way in: rented memory that grows with what arrives, counted in <see cref="BodyMemory"/>.</summary>
internal sealed class BodyBuffer : IDisposable
{
    private const int FirstRent = 4 << 10; // a claim that waits holds it for a minute

    private readonly BodyMemory _memory;
    private byte[] _rented = [];

    /// <exception cref="RequestRefusedException">There is no memory left: <c>queue-full</c>.</exception>
    public BodyBuffer(BodyMemory memory)
    {
        _memory = memory;
        Rent(FirstRent);
    }

    /// <summary>How much is there, in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>What is there.</summary>
    public ReadOnlyMemory<byte> Bytes => _rented.AsMemory(0, Length);

    /// <summary>Reads to the end, or until there is more than <paramref name="mostBytes"/>: a promise of 32 MiB costs its sender nothing, what it sends does.</summary>
    /// <returns>Whether the body ended in time.</returns>
    public async ValueTask<bool> TryReadAsync(Stream body, int mostBytes, CancellationToken cancellationToken)
    {
        while (await body.ReadAsync(_rented.AsMemory(Length), cancellationToken) is var read and > 0)
        {
            Length += read;
            if (Length > mostBytes) return false;
            if (Length == _rented.Length) Rent(Length * 2);
        }
        return true;
    }

    public void Dispose()
    {
        if (_rented.Length == 0) return;
        _memory.Give(_rented.Length);
        ArrayPool<byte>.Shared.Return(_rented);
        _rented = [];
    }

    private void Rent(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        if (!_memory.TryTake(larger.Length, _rented.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            throw new RequestRefusedException(
                Problems.Of(ProblemTypes.QueueFull, "The bodies of other requests take all the memory there is for them."), TimeSpan.FromSeconds(1));
        }
        _rented.AsSpan(0, Length).CopyTo(larger);
        if (_rented.Length > 0) ArrayPool<byte>.Shared.Return(_rented);
        _rented = larger;
    }
}
