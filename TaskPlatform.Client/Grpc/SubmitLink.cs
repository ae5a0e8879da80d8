using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Grpc;

/// <summary>Submits over one stream, many at a time. Ends with the first failure of the stream: what has no answer then may have happened or not.</summary>
internal sealed class SubmitLink : IAsyncDisposable
{
    private readonly AsyncDuplexStreamingCall<SubmitRequest, SubmitReply> _call;
    private readonly Outbox<SubmitRequest> _outbox;
    private readonly Action<SubmitOutcome> _answered;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _writing;
    private readonly Task _reading;

    /// <param name="client">The service.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="answered">Called with each answer, one at a time; is to return at once.</param>
    public SubmitLink(Tasks.TasksClient client, string queue, Action<SubmitOutcome> answered)
    {
        _call = client.Submit();
        _answered = answered;
        _outbox = new Outbox<SubmitRequest>(_call.RequestStream);
        _outbox.Add(queue, queue.Length, static (message, name) => message.Queue = name);
        _writing = _outbox.RunAsync(_end.Token);
        _reading = ReadAsync();
    }

    /// <summary>Completes when every answer has come, after <see cref="CloseAsync"/>; fails when the stream breaks.</summary>
    public Task Ended => _reading;

    /// <summary>Adds a task.</summary>
    public void Add(ulong number, SubmitTask task) => _outbox.Add(Item(number, task), 64 + (task.Payload?.Length ?? 0), static (message, item) => message.Tasks.Add(item));

    /// <summary>Nothing more comes: waits for the last answers.</summary>
    public async Task CloseAsync()
    {
        _outbox.End();
        await _writing;
        await _call.RequestStream.CompleteAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _call.Dispose();
        await Task.WhenAll(_writing, _reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    // Only what the message has no field for goes the way of JSON.
    private static SubmitItem Item(ulong number, SubmitTask task)
    {
        var item = new SubmitItem { Number = number, Id = task.Id ?? "", Type = task.Type ?? "" };
        if (task.Payload is { } payload) item.Payload = UnsafeByteOperations.UnsafeWrap(payload.Utf8);
        var rest = task with { Id = null, Type = null, Payload = null };
        if (rest != Nothing) item.More = UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(rest, WireJson.Default.SubmitTask));
        return item;
    }

    private static readonly SubmitTask Nothing = new();

    private async Task ReadAsync()
    {
        while (await _call.ResponseStream.MoveNext(_end.Token))
        {
            foreach (var outcome in _call.ResponseStream.Current.Tasks) _answered(outcome);
        }
    }
}
