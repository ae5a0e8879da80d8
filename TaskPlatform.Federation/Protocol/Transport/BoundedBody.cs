using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Reads the body of a request that may be only so large, and lays it out to be read again.</summary>
internal static class BoundedBody
{
    private const int FirstBytes = 4_096;

    /// <returns>Null if it is larger: then nothing, or no more than that, was read.</returns>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context, int maxBytes)
    {
        var request = context.Request;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return ReadOnlyMemory<byte>.Empty;
        if (request.ContentLength > maxBytes) return null;
        // The service's own limit may be lower or higher; this one counts, and one byte more shows that there is more.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var bytes = new byte[request.ContentLength is { } told ? (int)told : FirstBytes];
        var length = 0;
        while (true)
        {
            if (length == bytes.Length && request.ContentLength is not null) break;
            if (length > maxBytes) return null;
            if (length == bytes.Length) Array.Resize(ref bytes, Math.Min(2 * length, maxBytes + 1));
            var read = await request.Body.ReadAsync(bytes.AsMemory(length), context.RequestAborted);
            if (read == 0) break;
            length += read;
        }
        if (length > maxBytes) return null;
        request.Body = new MemoryStream(bytes, 0, length, writable: false);
        return bytes.AsMemory(0, length);
    }
}
