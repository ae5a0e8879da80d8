using System.Net;
using System.Net.Sockets;

namespace TaskPlatform.Tests.Chaos;

/// <summary>One connection through a <see cref="TcpProxy"/>.</summary>
internal sealed class ProxiedConnection(TcpProxy proxy, Socket caller, int target)
{
    private readonly Socket _service = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasLost;

    /// <summary>Completes when both ends are closed.</summary>
    public Task Over => _over.Task;

    public async Task RunAsync()
    {
        caller.NoDelay = true;
        try
        {
            if (proxy.Refuses) return;
            await _service.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAll(PumpAsync(caller, _service, areAnswers: false), PumpAsync(_service, caller, areAnswers: true));
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            // Nobody listens, or the connection was reset.
        }
        finally
        {
            Reset();
            _over.SetResult();
        }
    }

    public void Reset()
    {
        foreach (var socket in (Socket[])[caller, _service]) Close(socket);
    }

    public void EndAnswers()
    {
        try
        {
            caller.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    private static void Close(Socket socket)
    {
        // A reset rather than an orderly end: the other side learns of it at once, in the midst of whatever it does.
        socket.Close(timeout: 0);
    }

    private async Task PumpAsync(Socket from, Socket to, bool areAnswers)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (proxy.DelayMs > 0) await Task.Delay(Random.Shared.Next(proxy.DelayMs));
                // What has lost one answer must not give another: it would be taken for the one that is missing.
                _hasLost |= areAnswers && proxy.SwallowsAnswers;
                if (!areAnswers || !_hasLost) await SendAsync(to, buffer.AsMemory(0, count));
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            Reset();
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await to.SendAsync(bytes)..];
    }
}
