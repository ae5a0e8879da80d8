using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>
/// A queue's events as server-sent events. Written here rather than by the framework's result because a silent stream needs comments: proxies
/// close what says nothing, and an event would reach the reader's code.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="events">Its events; enumerating starts to listen.</param>
/// <param name="time">The clock of the comments.</param>
/// <remarks>
/// A reader that does not keep up is cut off: when it leaves what is written to it unread for <see cref="HttpLimits.EventSeconds"/>, by Kestrel's least data rate, or
/// by the bounded backlog behind <paramref name="events"/>. It comes back with the last id it saw.
/// </remarks>
internal sealed class EventStream(string queue, IAsyncEnumerable<QueueEvent> events, TimeProvider time) : IResult
{
    /// <summary>Silence after which a comment is written.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    // An event wakes every reader: a thousand of them would stand in line before every other call. So they take turns on one thread, sixteen at a time.
    private static readonly TaskScheduler Turns = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, maxConcurrencyLevel: 1, maxItemsPerTask: 16).ConcurrentScheduler;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await Task.Factory.StartNew(() => WriteAllAsync(response, httpContext.RequestAborted), CancellationToken.None, TaskCreationOptions.None, Turns).Unwrap();
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // The reader has gone, as readers do.
        }
        catch (TimeoutException)
        {
            Log.EventsUnread(httpContext.RequestServices.GetRequiredService<ILogger<EventStream>>(), queue, Patience(httpContext).TotalSeconds);
            httpContext.Abort();
        }
    }

    private static TimeSpan Patience(HttpContext http) => TimeSpan.FromSeconds(http.RequestServices.GetRequiredService<HttpLimits>().EventSeconds);

    private async Task WriteAllAsync(HttpResponse response, CancellationToken gone)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(gone);
        var reader = events.GetAsyncEnumerator(end.Token);
        // Listens before the first byte goes out: whoever has seen that byte misses nothing that happens from then on.
        var next = reader.MoveNextAsync().AsTask();
        try
        {
            await WriteAsync(response, "retry: 1000\n: listening\n\n", gone);
            while (await NextAsync(next, response, gone))
            {
                await WriteAsync(response, reader.Current, gone);
                next = reader.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await reader.DisposeAsync();
        }
    }

    private async Task<bool> NextAsync(Task<bool> next, HttpResponse response, CancellationToken gone)
    {
        while (!next.IsCompleted)
        {
            try
            {
                await next.WaitAsync(Silence, time, gone);
            }
            catch (TimeoutException)
            {
                await WriteAsync(response, ": silence\n\n", gone);
            }
        }
        return await next;
    }

    private Task WriteAsync(HttpResponse response, QueueEvent happened, CancellationToken gone)
    {
        var data = JsonSerializer.Serialize(Info(happened), WireJson.Default.TaskEventInfo);
        return WriteAsync(response, $"id: {happened.Id}\nevent: {happened.Kind}\ndata: {data}\n\n", gone);
    }

    // A write is done when there is room behind it in Kestrel's buffer: whoever does not read makes the next one wait.
    private async Task WriteAsync(HttpResponse response, string text, CancellationToken gone)
    {
        var written = WriteAndFlushAsync(response, text, gone);
        if (!written.IsCompleted) await written.WaitAsync(Patience(response.HttpContext), time, gone);
        await written;
    }

    private static async Task WriteAndFlushAsync(HttpResponse response, string text, CancellationToken gone)
    {
        await response.WriteAsync(text, gone);
        await response.Body.FlushAsync(gone);
    }

    // A reset is about no task; what the others leave out is left out.
    private TaskEventInfo Info(QueueEvent happened) => new()
    {
        Id = happened.Id,
        At = happened.AtUnixMs > 0 ? Times.At(happened.AtUnixMs) : time.GetUtcNow(),
        Kind = happened.Kind,
        Queue = queue,
        TaskId = happened.TaskId.Length > 0 ? happened.TaskId : null,
        Type = happened.Type,
        GraphId = happened.GraphId,
        State = Words.State(happened.State) is { } state ? TaskAnswers.State(state) : null,
        AgentId = happened.AgentId,
        Attempt = happened.TaskId.Length > 0 ? happened.Attempt : null,
        Progress = happened.Progress,
        Message = happened.Message,
    };
}
