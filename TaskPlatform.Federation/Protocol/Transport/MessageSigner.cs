using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>The two fields of a signature.</summary>
/// <param name="Input">For <c>Signature-Input</c>.</param>
/// <param name="Signature">For <c>Signature</c>.</param>
internal readonly record struct SignatureFields(string Input, string Signature);

/// <summary>Signs messages of one member.</summary>
/// <param name="memberId">Its name.</param>
/// <param name="key">Its key.</param>
/// <param name="time">The clock.</param>
internal sealed class MessageSigner(string memberId, IdentityKey key, TimeProvider time)
{
    private const string Label = "sig";

    /// <summary>Signs a message that has its content digest already.</summary>
    /// <exception cref="InvalidOperationException">It has not, or a header has characters that cannot be signed.</exception>
    public SignatureFields Sign(ISignedMessage message, IReadOnlyList<CoveredComponent> required)
    {
        var components = Covered(message, required);
        var parameters = Parameters(components);
        var bytes = SignatureBase.Build(components, parameters, message, out var missing)
            ?? throw new InvalidOperationException($"'{missing.Name}' is missing, or has characters other than those of ASCII.");
        return new SignatureFields($"{Label}={parameters}", $"{Label}=:{Convert.ToBase64String(key.Sign(bytes))}:");
    }

    /// <summary>What a signature of the message must cover, and covers.</summary>
    public static List<CoveredComponent> Covered(ISignedMessage message, IReadOnlyList<CoveredComponent> required)
    {
        List<CoveredComponent> covered = [.. required];
        if (!message.Body.IsEmpty) covered.Add(ContentType);
        foreach (var header in message.ProtocolHeaders) covered.Add(new CoveredComponent(header));
        return covered;
    }

    private static CoveredComponent ContentType { get; } = new("content-type");

    private string Parameters(List<CoveredComponent> components)
    {
        var text = new StringBuilder(256).Append('(');
        foreach (var component in components)
        {
            if (text.Length > 1) text.Append(' ');
            text.Append('"').Append(component.Name).Append(component.OfRequest ? "\";req" : "\"");
        }
        var created = time.GetUtcNow().ToUnixTimeSeconds();
        Span<byte> nonce = stackalloc byte[16];
        RandomNumberGenerator.Fill(nonce);
        return text.Append(
            CultureInfo.InvariantCulture,
            $");created={created};expires={created + (long)TransportLimits.Validity.TotalSeconds};nonce=\"{Base64Url.EncodeToString(nonce)}\"")
            .Append($";alg=\"{TransportLimits.Algorithm}\";keyid=\"{memberId}\";tag=\"{TransportLimits.Tag}\"").ToString();
    }
}
