using Grpc.Core;
using TaskPlatform.Client.Protocol;

namespace TaskPlatform.Client.Grpc;

/// <summary>One open stream of an agent: what it sends leaves through an outbox, what comes is handed to a receiver, until the stream breaks.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly AsyncDuplexStreamingCall<WorkRequest, WorkReply> _call;
    private readonly CancellationTokenSource _end = new();
    private Task _running = Task.CompletedTask;

    private Connection(AsyncDuplexStreamingCall<WorkRequest, WorkReply> call)
    {
        _call = call;
        Outbox = new Outbox<WorkRequest>(call.RequestStream);
    }

    /// <summary>What is to be sent.</summary>
    public Outbox<WorkRequest> Outbox { get; }

    /// <summary>Completes when the stream has broken or was closed.</summary>
    public Task Ended => _running;

    /// <summary>Whether it still stands.</summary>
    public bool IsOpen => !_running.IsCompleted;

    /// <summary>Opens a stream and waits for the service's welcome.</summary>
    /// <exception cref="RpcException">The service cannot be reached, or refuses.</exception>
    public static async Task<(Connection Connection, Welcome Welcome)> OpenAsync(
        Tasks.TasksClient client, WorkRequest first, Action<WorkReply> receive, CancellationToken cancellationToken)
    {
        var connection = new Connection(client.Work());
        using var stop = cancellationToken.Register(connection._call.Dispose);
        try
        {
            await connection._call.RequestStream.WriteAsync(first, cancellationToken);
            if (!await connection._call.ResponseStream.MoveNext(cancellationToken) || connection._call.ResponseStream.Current is not { Welcome: { } welcome } reply)
                throw new RpcException(new Status(StatusCode.Unavailable, "The service closed the stream at once."));
            connection._running = connection.RunAsync(reply, receive);
            return (connection, welcome);
        }
        catch
        {
            connection._call.Dispose();
            throw;
        }
    }

    /// <summary>Sends what is left, and closes the stream.</summary>
    public async Task CloseAsync()
    {
        Outbox.End();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _call.Dispose();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync(WorkReply first, Action<WorkReply> receive)
    {
        var writing = WriteAsync();
        try
        {
            receive(first);
            while (await _call.ResponseStream.MoveNext(_end.Token)) receive(_call.ResponseStream.Current);
        }
        catch (Exception broken) when (broken is RpcException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Whoever waits for an answer learns of it by Ended, and opens another.
        }
        finally
        {
            await _end.CancelAsync();
            await writing;
            _call.Dispose();
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await Outbox.RunAsync(_end.Token);
            await _call.RequestStream.CompleteAsync();
        }
        catch (Exception broken) when (broken is RpcException or OperationCanceledException or IOException or InvalidOperationException or ObjectDisposedException)
        {
            // The reading side ends too.
        }
    }
}
