using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

public sealed partial class TaskPlatformClient
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What happens in a queue, as it happens. A connection that breaks is made again after the last event seen; an event of kind
    /// <c>reset</c> says that some were missed, and that tasks should be read afresh.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="lastEventId">Go on after this event; unset: from now on.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="TaskPlatformException">Refused, or not reached for as long as the options say.</exception>
    public async IAsyncEnumerable<TaskEventInfo> EventsAsync(
        string queue, string? lastEventId = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            using var response = await OpenEventsAsync(queue, lastEventId, cancellationToken);
            var parser = SseParser.Create(
                await response.Content.ReadAsStreamAsync(cancellationToken),
                (kind, data) => JsonSerializer.Deserialize(data, WireJson.Default.TaskEventInfo)! with { Kind = kind });
            await foreach (var item in ReadUntilBrokenAsync(parser, cancellationToken))
            {
                lastEventId = item.EventId ?? lastEventId;
                yield return item.Data with { Id = item.EventId ?? item.Data.Id };
            }

            var delay = parser.ReconnectionInterval > TimeSpan.Zero ? parser.ReconnectionInterval : ReconnectDelay;
            await Task.Delay(delay, _time, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> OpenEventsAsync(string queue, string? lastEventId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{QueuePath(queue)}/events");
        request.Headers.Accept.Add(new("text/event-stream"));
        if (!string.IsNullOrEmpty(lastEventId)) request.Headers.Add("Last-Event-ID", lastEventId);
        return (await SendAsync(request, Rule(), HttpCompletionOption.ResponseHeadersRead, cancellationToken)).OrThrow();
    }

    /// <summary>The events of one connection; a broken connection ends like a closed one.</summary>
    private static async IAsyncEnumerable<SseItem<TaskEventInfo>> ReadUntilBrokenAsync(
        SseParser<TaskEventInfo> parser, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var events = parser.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(events)) yield return events.Current;
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SseItem<TaskEventInfo>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;
        }
    }
}
