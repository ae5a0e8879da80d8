using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>A request as it has come in. Its target is what the client asked for, letter for letter.</summary>
internal sealed class IncomingRequest(HttpContext context, ReadOnlyMemory<byte> body) : ISignedMessage
{
    public static IReadOnlyList<CoveredComponent> Required { get; } = [new("@method"), new("@target-uri"), new(ContentDigest.Name)];

    public ReadOnlySpan<byte> Body => body.Span;

    public IEnumerable<string> ProtocolHeaders => HeaderValues.Protocol(context.Request.Headers);

    public SignatureFields Signature => new(HeaderValues.Find(context.Request.Headers, "signature-input") ?? "", HeaderValues.Find(context.Request.Headers, "signature") ?? "");

    /// <summary>Scheme, host and port, in small letters.</summary>
    public string Authority => $"{context.Request.Scheme}://{context.Request.Host.Value}";

    public string? Find(CoveredComponent component) => component switch
    {
        { OfRequest: true } => null,
        { Name: "@method" } => context.Request.Method,
        { Name: "@target-uri" } => Authority + context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
        { Name: ['@', ..] } => null,
        _ => HeaderValues.Find(context.Request.Headers, component.Name),
    };
}

/// <summary>The answer that is about to go out.</summary>
internal sealed class OutgoingResponse(HttpContext context, ReadOnlyMemory<byte> body) : ISignedMessage
{
    public static IReadOnlyList<CoveredComponent> Required { get; } = [new("@status"), new(ContentDigest.Name), new("signature", OfRequest: true)];

    public ReadOnlySpan<byte> Body => body.Span;

    public IEnumerable<string> ProtocolHeaders => HeaderValues.Protocol(context.Response.Headers);

    public string? Find(CoveredComponent component) => component switch
    {
        { Name: "signature", OfRequest: true } => HeaderValues.Find(context.Request.Headers, "signature"),
        { OfRequest: true } => null,
        { Name: "@status" } => StatusText.Of(context.Response.StatusCode),
        { Name: ['@', ..] } => null,
        _ => HeaderValues.Find(context.Response.Headers, component.Name),
    };
}

/// <summary>Headers as signatures see them.</summary>
internal static class HeaderValues
{
    public static string? Find(IHeaderDictionary headers, string name) => headers.TryGetValue(name, out var values) ? Join(values) : null;

    public static IEnumerable<string> Protocol(IHeaderDictionary headers)
    {
        foreach (var header in headers)
        {
            if (IsProtocol(header.Key)) yield return header.Key.ToLowerInvariant();
        }
    }

    public static bool IsProtocol(string name) => name.StartsWith(TransportLimits.HeaderPrefix, StringComparison.OrdinalIgnoreCase);

    private static string Join(StringValues values) => values.Count == 1 ? values[0]!.Trim() : string.Join(", ", values.Select(value => value!.Trim()));
}

/// <summary>A status in digits.</summary>
internal static class StatusText
{
    public static string Of(int status) => status switch
    {
        200 => "200",
        204 => "204",
        _ => status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
