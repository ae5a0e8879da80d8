using System.Buffers;
using System.IO.Pipelines;
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
    /// <returns>Whether all of it is there; false: there is more.</returns>
    /// <exception cref="OperationCanceledException">The token, or somebody who cancelled the read.</exception>
    public async ValueTask<bool> TryReadAsync(PipeReader body, int mostBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var isSmall = Length + read.Buffer.Length <= mostBytes;
            try
            {
                if (read.IsCanceled) throw new OperationCanceledException();
                if (isSmall) Take(read.Buffer);
            }
            finally
            {
                // Whatever happens: Kestrel drops the rest of the body, and finds no read under way.
                body.AdvanceTo(read.Buffer.End);
            }
            if (read.IsCompleted || !isSmall) return isSmall;
        }
    }

    public void Dispose()
    {
        if (_rented.Length == 0) return;
        _memory.Give(_rented.Length);
        ArrayPool<byte>.Shared.Return(_rented);
        _rented = [];
    }

    private void Take(ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes)
        {
            if (Length + part.Length > _rented.Length) Rent(Math.Max(Length + part.Length, _rented.Length * 2));
            part.CopyTo(_rented.AsMemory(Length));
            Length += part.Length;
        }
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
