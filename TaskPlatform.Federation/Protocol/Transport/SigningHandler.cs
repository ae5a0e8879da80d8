using System.Net;
using System.Text.Json;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Signs what is sent to a member, and takes only what that member has signed as the answer to it.</summary>
internal sealed class SigningHandler(MessageSigner signer, PeerKey peer, TimeProvider time, int maxAnswerBytes, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        EnsureForPeer(request.RequestUri!);
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (body.Length > 0 && request.Content!.Headers.ContentType is null) request.Content.Headers.ContentType = new("application/octet-stream");
        Set(request, "Content-Digest", ContentDigest.Of(body));
        var fields = signer.Sign(new OutgoingRequest(request, body), IncomingRequest.Required);
        Set(request, "Signature-Input", fields.Input);
        Set(request, "Signature", fields.Signature);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            await CheckAsync(response, fields.Signature, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>What is signed for one member goes to no other.</summary>
    private void EnsureForPeer(Uri target)
    {
        if (Uri.Compare(target, peer.Member.Address, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            throw new InvalidOperationException($"This client calls '{peer.Member.Id}' at {peer.Member.Address}, not {target}.");
        }
    }

    private async Task CheckAsync(HttpResponseMessage response, string requestSignature, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
        var message = new IncomingResponse(response, requestSignature, body);
        var refusal = MessageVerifier.Check(message, message.Signature, OutgoingResponse.Required, peer, time.GetUtcNow(), out _);
        if (refusal is not null)
        {
            throw new FederationTransportException(refusal.Reason, $"The answer {(int)response.StatusCode} of '{peer.Member.Id}' is not taken: {refusal.Reason}. {refusal.Detail}");
        }
        if (RefusalOf(response, body) is { } told)
        {
            throw new FederationTransportException(TransportReason.RefusedByPeer, $"'{peer.Member.Id}' did not take the request: {told.Reason}. {told.Detail}");
        }
        var content = new ReadOnlyMemoryContent(body);
        foreach (var header in response.Content.Headers.NonValidated) content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        response.Content.Dispose();
        response.Content = content;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NoContent) return ReadOnlyMemory<byte>.Empty;
        try
        {
            await response.Content.LoadIntoBufferAsync(maxAnswerBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException tooLarge) when (tooLarge.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new FederationTransportException(TransportReason.BodyTooLarge, $"The answer of '{peer.Member.Id}' is larger than {maxAnswerBytes} bytes.", tooLarge);
        }
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A refusal of the transport: nobody above can do anything about it but tell it.</summary>
    private static TransportProblem? RefusalOf(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        if (response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != TransportProblem.ContentType) return null;
        try
        {
            var problem = JsonSerializer.Deserialize(body.Span, TransportProblemContext.Default.TransportProblem);
            return problem?.Type == TransportProblem.RefusedType ? problem : null;
        }
        catch (JsonException)
        {
            return null; // Some other problem: the caller's to read.
        }
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
