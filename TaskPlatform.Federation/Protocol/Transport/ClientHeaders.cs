using System.Net.Http.Headers;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Headers of the client's messages as signatures see them: as they were sent, not as they are understood.</summary>
internal static class ClientHeaders
{
    public static string? Find(HttpHeadersNonValidated headers, string name) => headers.TryGetValues(name, out var values) ? Join(values) : null;

    public static IEnumerable<string> Protocol(HttpHeadersNonValidated headers)
    {
        foreach (var header in headers)
        {
            if (HeaderValues.IsProtocol(header.Key)) yield return header.Key.ToLowerInvariant();
        }
    }

    private static string Join(HeaderStringValues values) => values.Count == 1 ? values.ToString().Trim() : string.Join(", ", values.Select(value => value.Trim()));
}
