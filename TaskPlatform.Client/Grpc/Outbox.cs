using System.Threading.Channels;
using Grpc.Core;

namespace TaskPlatform.Client.Grpc;

/// <summary>
/// What one side of a stream is to be sent. Items that come while a message is being written travel together in the next; one that comes while nothing is
/// leaves at once. There is no timer, and nobody else writes to the stream.
/// </summary>
/// <param name="stream">Where messages go.</param>
internal sealed class Outbox<TMessage>(IAsyncStreamWriter<TMessage> stream) where TMessage : class, new()
{
    // Well below gRPC's own limit of 4 MiB a message, with one more item of the largest size.
    private const int MessageBytes = 1 << 20;
    private const int FullBytes = 4 << 20;

    private readonly Lock _lock = new();
    private readonly Queue<(TMessage Message, int Bytes)> _closed = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private TMessage? _open;
    private int _openBytes;
    private long _bytes;
    private bool _ended;
    private TaskCompletionSource? _room;

    /// <summary>Adds an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="bytes">Its size, roughly, in bytes.</param>
    /// <param name="put">Puts it into a message; is to return at once.</param>
    public void Add<TItem>(TItem item, int bytes, Action<TMessage, TItem> put)
    {
        lock (_lock)
        {
            if (_open is { } full && _openBytes + bytes > MessageBytes)
            {
                _closed.Enqueue((full, _openBytes));
                (_open, _openBytes) = (null, 0);
            }
            put(_open ??= new TMessage(), item);
            _openBytes += bytes;
            _bytes += bytes;
        }
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Completes when there is room for more: whoever answers what it reads must not read faster than the other side takes the answers.</summary>
    public Task RoomAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_bytes < FullBytes) return Task.CompletedTask;
            _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Nothing more is added: <see cref="RunAsync"/> ends when everything is written.</summary>
    public void End()
    {
        lock (_lock) _ended = true;
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Writes, until <see cref="End"/> or until the stream breaks.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            while (Take() is { } message) await stream.WriteAsync(message, cancellationToken);
            lock (_lock)
            {
                if (_ended && _open is null && _closed.Count == 0) return;
            }
        }
    }

    private TMessage? Take()
    {
        lock (_lock)
        {
            if (!_closed.TryDequeue(out var next))
            {
                if (_open is null) return null;
                next = (_open, _openBytes);
                (_open, _openBytes) = (null, 0);
            }
            _bytes -= next.Bytes;
            if (_bytes < FullBytes && _room is { } waiting)
            {
                _room = null;
                waiting.SetResult();
            }
            return next.Message;
        }
    }
}
