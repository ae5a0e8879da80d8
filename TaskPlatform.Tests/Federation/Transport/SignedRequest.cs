using System.Net.Http.Headers;
using System.Text;
using TaskPlatform.Federation.Protocol.Suites;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Tests.Federation.Transport;

/// <summary>A request that was signed rightly, to be spoilt.</summary>
public sealed class SignedRequest
{
    private readonly IdentityKey _key;

    public SignedRequest(Uri target, string memberId, IdentityKey key, TimeProvider time)
    {
        _key = key;
        Message = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(Body), Version = new Version(2, 0) };
        Message.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        Message.Headers.Add(TransportRig.Position, "7.1");
        Set("Content-Digest", ContentDigest.Of(Body));
        var fields = new MessageSigner(memberId, key, time).Sign(new OutgoingRequest(Message, Body), IncomingRequest.Required);
        Set("Signature-Input", fields.Input);
        Set("Signature", fields.Signature);
    }

    public HttpRequestMessage Message { get; }

    public static byte[] Body { get; } = Encoding.ASCII.GetBytes("body");

    public string Input => Message.Headers.GetValues("Signature-Input").Single();

    public string Signature => Message.Headers.GetValues("Signature").Single();

    public void Set(string name, params string[] values)
    {
        Message.Headers.Remove(name);
        if (values.Length > 0) Message.Headers.TryAddWithoutValidation(name, values);
    }

    public void Replace(byte[] body, string contentType = "text/plain")
    {
        Message.Content = new ByteArrayContent(body);
        Message.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
    }

    /// <summary>Says something else of the signature, and signs that.</summary>
    public void Resign(string old, string changed) => Resign(Input.Contains(old, StringComparison.Ordinal) ? Input.Replace(old, changed, StringComparison.Ordinal) : throw new ArgumentException(old), _key);

    /// <summary>Signs with another key.</summary>
    public void Resign(string input, IdentityKey key)
    {
        var parsed = SignatureInput.Parse(input, out _) ?? throw new ArgumentException(input);
        var bytes = SignatureBase.Build(parsed.Components, parsed.Parameters, new OutgoingRequest(Message, Body), out _)!;
        Set("Signature-Input", input);
        Set("Signature", $"{parsed.Label}=:{Convert.ToBase64String(key.Sign(bytes))}:");
    }
}
