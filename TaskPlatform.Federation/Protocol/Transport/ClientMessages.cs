namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>A request that is about to be sent.</summary>
internal sealed class OutgoingRequest(HttpRequestMessage request, ReadOnlyMemory<byte> body) : ISignedMessage
{
    public ReadOnlySpan<byte> Body => body.Span;

    public IEnumerable<string> ProtocolHeaders => ClientHeaders.Protocol(request.Headers.NonValidated);

    public string? Find(CoveredComponent component) => component switch
    {
        { Name: "@method" } => request.Method.Method,
        { Name: "@target-uri" } => TargetOf(request.RequestUri!),
        { Name: "content-type" } => request.Content is { } content ? ClientHeaders.Find(content.Headers.NonValidated, component.Name) : null,
        _ => ClientHeaders.Find(request.Headers.NonValidated, component.Name),
    };

    /// <summary>As the other end sees it: the host that is sent, without a port that goes without saying, and no fragment.</summary>
    private static string TargetOf(Uri uri) => $"{uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}{uri.PathAndQuery}";
}

/// <summary>An answer that has come in.</summary>
internal sealed class IncomingResponse(HttpResponseMessage response, string requestSignature, ReadOnlyMemory<byte> body) : ISignedMessage
{
    public ReadOnlySpan<byte> Body => body.Span;

    public IEnumerable<string> ProtocolHeaders => ClientHeaders.Protocol(response.Headers.NonValidated);

    public SignatureFields Signature => new(ClientHeaders.Find(response.Headers.NonValidated, "signature-input") ?? "", ClientHeaders.Find(response.Headers.NonValidated, "signature") ?? "");

    public string? Find(CoveredComponent component) => component switch
    {
        { Name: "signature", OfRequest: true } => requestSignature,
        { OfRequest: true } => null,
        { Name: "@status" } => StatusText.Of((int)response.StatusCode),
        { Name: "content-type" } => ClientHeaders.Find(response.Content.Headers.NonValidated, "content-type"),
        { Name: ['@', ..] } => null,
        _ => ClientHeaders.Find(response.Headers.NonValidated, component.Name),
    };
}
