using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Chaos;

/// <summary>
/// A network between two processes that a test can harm: bytes are late, connections break in the midst of a call, one direction ends before the other,
/// answers get lost after what was asked has happened. Bytes within a connection are never reordered or left out: TCP does neither.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly ConcurrentDictionary<ProxiedConnection, byte> _open = [];
    private readonly Task _accepting;

    /// <param name="target">Loopback port that is stood before.</param>
    public TcpProxy(int target)
    {
        (_target, Port) = (target, FreePort.Next());
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Loopback port to connect to.</summary>
    public int Port { get; }

    /// <summary>How late each piece may be at most, in either direction, in milliseconds.</summary>
    public int DelayMs { get; set; }

    /// <summary>Whether new connections are closed at once.</summary>
    public bool Refuses { get; set; }

    /// <summary>Whether answers are dropped. Whatever comes of a connection that lost a byte is no stream any more: end it by <see cref="Cut"/>.</summary>
    public bool SwallowsAnswers { get; set; }

    /// <summary>Breaks every connection, with a reset and whatever is under way.</summary>
    public void Cut()
    {
        foreach (var connection in _open.Keys) connection.Reset();
    }

    /// <summary>Tells every caller that no more answers will come, while what it asks still gets through.</summary>
    public void EndAnswers()
    {
        foreach (var connection in _open.Keys) connection.EndAnswers();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        Cut();
        await Task.WhenAll(_open.Keys.Select(connection => connection.Over));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new ProxiedConnection(this, await _listener.AcceptSocketAsync(), _target);
                _open.TryAdd(connection, 0);
                _ = RunAsync(connection);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task RunAsync(ProxiedConnection connection)
    {
        await connection.RunAsync();
        _open.TryRemove(connection, out _);
    }
}
