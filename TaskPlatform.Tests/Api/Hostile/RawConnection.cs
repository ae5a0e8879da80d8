using System.Net.Sockets;
using System.Text;

namespace TaskPlatform.Tests.Api.Hostile;

/// <summary>A connection on which anything may be sent, and nothing has to be read.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;

    private RawConnection(Socket socket) => _socket = socket;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="service">Where the service listens.</param>
    /// <param name="receiveBuffer">What the system takes in ahead of the reader, in bytes; null: its own choice, which may be megabytes.</param>
    public static async Task<RawConnection> OpenAsync(Uri service, int? receiveBuffer = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer is { } bytes) socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(service.Host, service.Port, Cancel);
        return new RawConnection(socket);
    }

    /// <summary>Sends characters, each as the byte of its number.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes; false: the service has closed the connection.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0) bytes = bytes[await _socket.SendAsync(bytes, Cancel)..];
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Nothing more is sent.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until the service closes the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[16 << 10];
        try
        {
            while (await _socket.ReceiveAsync(buffer, Cancel) is var read and > 0) text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // Reset: what was read is all there is.
        }
        return text.ToString();
    }

    /// <summary>Reads until what was read contains a text, or to the end.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal) && await _socket.ReceiveAsync(buffer, Cancel) > 0) text.Append((char)buffer[0]);
        return text.ToString();
    }

    public void Dispose() => _socket.Dispose();
}
