using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
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

    // What is written ahead of a flush, and what the system takes for a reader who does not read: left to itself it takes megabytes for each, all of which are copied.
    private const int MostUnflushed = 16 << 10;
    private const int MostUnsent = 64 << 10;

    // A thousand readers of an event are sent the same bytes; they live as long as the event is kept or waits for a reader.
    private static readonly ConditionalWeakTable<QueueEvent, byte[]> Written = [];

    // An event wakes every reader: a thousand of them would stand in line before every other call. So they take turns on one thread, sixteen at a time.
    private static readonly TaskScheduler Turns = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, maxConcurrencyLevel: 1, maxItemsPerTask: 16).ConcurrentScheduler;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (httpContext.Features.Get<IConnectionSocketFeature>() is { Socket: var socket }) socket.SendBufferSize = MostUnsent;
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
            await WriteAsync(response, "retry: 1000\n: listening\n\n"u8.ToArray(), gone);
            while (await NextAsync(next, response, gone))
            {
                var unflushed = 0;
                do
                {
                    unflushed += Append(response, reader.Current);
                    next = reader.MoveNextAsync().AsTask();
                }
                while (unflushed < MostUnflushed && next.IsCompletedSuccessfully && next.Result);
                await FlushAsync(response, gone);
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
                await WriteAsync(response, ": silence\n\n"u8.ToArray(), gone);
            }
        }
        return await next;
    }

    private int Append(HttpResponse response, QueueEvent happened)
    {
        var bytes = Written.GetValue(happened, Write);
        response.BodyWriter.Write(bytes);
        return bytes.Length;
    }

    private byte[] Write(QueueEvent happened)
        => Encoding.UTF8.GetBytes($"id: {happened.Id}\nevent: {happened.Kind}\ndata: {JsonSerializer.Serialize(EventAnswers.Of(happened, queue, time), WireJson.Default.TaskEventInfo)}\n\n");

    private Task WriteAsync(HttpResponse response, byte[] bytes, CancellationToken gone)
    {
        response.BodyWriter.Write(bytes);
        return FlushAsync(response, gone);
    }

    // A flush is done when there is room behind it in Kestrel's buffer: whoever does not read makes the next one wait.
    private async Task FlushAsync(HttpResponse response, CancellationToken gone)
    {
        var flushed = response.BodyWriter.FlushAsync(gone).AsTask();
        if (!flushed.IsCompleted) await flushed.WaitAsync(Patience(response.HttpContext), time, gone);
        await flushed;
    }
}
