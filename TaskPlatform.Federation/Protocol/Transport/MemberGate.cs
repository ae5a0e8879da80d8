using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>What stands before an endpoint of members: reads the body, checks who has sent it, and signs what is answered.</summary>
internal sealed class MemberGate(RequestDelegate inner, int maxBodyBytes)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<FederationConnection>() is not { } connection)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var body = await BoundedBody.ReadAsync(context, maxBodyBytes);
        var refusal = body is null
            ? new TransportRefusal(TransportReason.BodyTooLarge, $"At most {maxBodyBytes} bytes are read here.")
            : Check(context, connection, body.Value);
        await AnswerSignedAsync(context, connection.Port, () => refusal is null ? inner(context) : RefuseAsync(context, connection, refusal));
    }

    /// <summary>The nonce last: only what the member has signed takes room among its nonces.</summary>
    private static TransportRefusal? Check(HttpContext context, FederationConnection connection, ReadOnlyMemory<byte> body)
    {
        var port = connection.Port;
        var now = port.Time.GetUtcNow();
        if (context.Connection.ClientCertificate is not { } certificate || connection.PeerOf(certificate) is not { } peer)
        {
            return new(TransportReason.CertificateUnlisted, "The connection has no certificate of a member.");
        }
        if (!PeerKey.IsCurrent(certificate, now)) return new(TransportReason.CertificateExpired, "The certificate of the connection has expired meanwhile.");
        var request = new IncomingRequest(context, body);
        if (!string.Equals(request.Authority, port.Own.Address.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase))
        {
            return new(TransportReason.WrongTarget, $"This is '{port.Own.Id}' at {port.Own.Address}, the request is for {request.Authority}.");
        }
        if (MessageVerifier.Check(request, request.Signature, IncomingRequest.Required, peer.Key, now, out var nonce) is { } refusal) return refusal;
        switch (peer.Nonces.Add(nonce))
        {
            case NonceResult.Reused: return new(TransportReason.NonceReused, "This message was here before.");
            case NonceResult.Full: return new(TransportReason.TooManyMessages, $"More than {TransportLimits.NoncesPerMember} messages in {TransportLimits.NonceMemory.TotalSeconds} s.");
            default:
                context.Features.Set(peer.Caller);
                context.Features.Set(new FederationBody(body));
                return null;
        }
    }

    /// <summary>Without a signature of the request there is nothing that the answer's could be tied to: it goes out unsigned.</summary>
    private static async Task AnswerSignedAsync(HttpContext context, FederationPort port, Func<Task> answer)
    {
        var outer = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var buffer = new MemoryStream();
        var buffered = new StreamResponseBodyFeature(buffer, outer);
        context.Features.Set<IHttpResponseBodyFeature>(buffered);
        try
        {
            await answer();
            await buffered.CompleteAsync();
        }
        finally
        {
            context.Features.Set(outer);
        }
        var body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        context.Response.Headers["Content-Digest"] = ContentDigest.Of(body.Span);
        if (context.Request.Headers["Signature"].Count > 0) Sign(context, port, body);
        if (body.IsEmpty) return;
        context.Response.ContentLength = body.Length;
        await outer.Stream.WriteAsync(body, context.RequestAborted);
    }

    private static void Sign(HttpContext context, FederationPort port, ReadOnlyMemory<byte> body)
    {
        if (!body.IsEmpty && context.Response.ContentType is null) context.Response.ContentType = "application/octet-stream";
        var fields = port.Signer.Sign(new OutgoingResponse(context, body), OutgoingResponse.Required);
        context.Response.Headers["Signature-Input"] = fields.Input;
        context.Response.Headers["Signature"] = fields.Signature;
    }

    private static async Task RefuseAsync(HttpContext context, FederationConnection connection, TransportRefusal refusal)
    {
        var member = context.Connection.ClientCertificate is { } certificate ? connection.PeerOf(certificate)?.Caller.Id : null;
        Log.MessageRefused(connection.Port.Logger, context.Request.Method, context.Request.Path, member, refusal.Reason, refusal.Detail);
        context.Response.StatusCode = refusal.Reason switch
        {
            TransportReason.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
            TransportReason.TooManyMessages => StatusCodes.Status429TooManyRequests,
            TransportReason.WrongTarget => StatusCodes.Status421MisdirectedRequest,
            _ => StatusCodes.Status401Unauthorized,
        };
        context.Response.ContentType = TransportProblem.ContentType;
        await JsonSerializer.SerializeAsync(
            context.Response.Body, TransportProblem.Of(refusal, context.Response.StatusCode), TransportProblemContext.Default.TransportProblem, context.RequestAborted);
    }
}
