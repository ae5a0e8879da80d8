using TaskPlatform.Benchmarks.Shared;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>A submitter with a stream of its own.</summary>
internal sealed class StreamSubmits : IAsyncDisposable
{
    // So many submits may be without an answer: as with any producer, the service sets the pace.
    private const int Window = 4_000;

    private readonly SemaphoreSlim _window = new(Window);
    private readonly SubmitLink _link;
    private ulong _number;

    public StreamSubmits(string address, string queue) => _link = new SubmitLink(Streams.Client(address), queue, outcome =>
    {
        if (outcome.Problem is { } problem) throw new InvalidOperationException($"A task was refused: {problem.Name} {problem.Detail}");
        _window.Release();
    });

    /// <summary>Submits so many tasks and returns when all were answered.</summary>
    public static async Task SubmitAsync(string address, string queue, int tasks)
    {
        await using var submits = new StreamSubmits(address, queue);
        for (var number = 0; number < tasks; number++) await submits.WhenRoomAsync(StampedPayload.Task);
        await submits.CloseAsync();
    }

    /// <summary>Submits a task now, however many are without an answer.</summary>
    public void Submit(SubmitTask task) => _link.Add(_number++, task);

    /// <summary>Returns when all were answered.</summary>
    public Task CloseAsync() => _link.CloseAsync();

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        _window.Dispose();
    }

    private async Task WhenRoomAsync(SubmitTask task)
    {
        var room = _window.WaitAsync();
        if (!room.IsCompleted && await Task.WhenAny(room, _link.Ended) == _link.Ended) await _link.Ended;
        Submit(task);
    }
}
