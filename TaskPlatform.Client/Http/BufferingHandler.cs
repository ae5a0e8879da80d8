using System.Net.Http.Headers;
using System.Net.Sockets;

namespace TaskPlatform.Client.Http;

/// <summary>
/// Reads the whole answer within the attempt. Otherwise the body would be read outside the attempt's timeout, and an answer that
/// breaks off would not be asked for again. A connection that takes too long is told as what it is: the framework calls it a cancellation,
/// which nobody asked for. One that is reset right after it was made leaves the framework as a bare <see cref="SocketException"/>.
/// </summary>
internal sealed class BufferingHandler : DelegatingHandler
{
    private static readonly MediaTypeHeaderValue EventStream = new("text/event-stream");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await ConnectAsync(request, cancellationToken);
        try
        {
            if (response.Content.Headers.ContentType?.MediaType != EventStream.MediaType)
                await response.Content.LoadIntoBufferAsync(cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> ConnectAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The service could not be reached in time.", e);
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection to the service broke.", e);
        }
    }
}
