using System.Buffers;
using System.Text;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>The bytes that are signed (RFC 9421, 2.5): a line for each component, and at last the parameters.</summary>
internal static class SignatureBase
{
    /// <summary>Builds them.</summary>
    /// <param name="components">What is covered, in order.</param>
    /// <param name="parameters">The list of components with its parameters, as in the field.</param>
    /// <param name="message">Where the values are.</param>
    /// <param name="missing">What the message has not, or not in the characters that may be signed; then there are no bytes.</param>
    public static byte[]? Build(IReadOnlyList<CoveredComponent> components, string parameters, ISignedMessage message, out CoveredComponent missing)
    {
        var text = new StringBuilder(512);
        foreach (var component in components)
        {
            missing = component;
            if (message.Find(component) is not { } value || !IsSignable(value)) return null;
            text.Append('"').Append(component.Name).Append(component.OfRequest ? "\";req: " : "\": ").Append(value).Append('\n');
        }
        text.Append("\"@signature-params\": ").Append(parameters);
        missing = default;
        var bytes = new byte[text.Length];
        var written = 0;
        foreach (var chunk in text.GetChunks()) written += Encoding.ASCII.GetBytes(chunk.Span, bytes.AsSpan(written));
        return bytes;
    }

    /// <summary>A line break would be read as another component, and characters beyond ASCII could be any.</summary>
    private static bool IsSignable(string value) => !value.AsSpan().ContainsAnyExcept(Printable);

    private static readonly SearchValues<char> Printable = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code), '\t']);
}
