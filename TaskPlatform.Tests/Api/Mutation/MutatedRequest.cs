using System.Net.Http.Headers;
using System.Text;

namespace TaskPlatform.Tests.Api.Mutation;

/// <summary>A request, and the call that it was made from.</summary>
/// <param name="Call">The call.</param>
/// <param name="Method">The method; another than the call's where that was changed.</param>
/// <param name="Target">Path and query, sent as they stand here.</param>
/// <param name="Headers">Headers beside those of the body.</param>
/// <param name="Body">The body; null: none.</param>
/// <param name="ContentType">The type of the body.</param>
/// <param name="IsElsewhere">Whether method or path were changed, so that the request may lead to another call or to none.</param>
internal sealed record MutatedRequest(
    DocumentedCall Call, string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body, string ContentType, bool IsElsewhere)
{
    private const int Shown = 2_000;

    public HttpRequestMessage ToMessage(Uri service)
    {
        // Otherwise dots and escapes would be tidied up before anybody saw them.
        var exact = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var message = new HttpRequestMessage(new HttpMethod(Method), new Uri($"{service.GetLeftPart(UriPartial.Authority)}{Target}", exact));
        foreach (var (name, value) in Headers) message.Headers.TryAddWithoutValidation(name, value);
        if (Body is null) return message;
        message.Content = new ByteArrayContent(Body);
        message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        return message;
    }

    public override string ToString()
    {
        var body = Body is null ? "" : Encoding.UTF8.GetString(Body);
        return $"{Method} {Target} {string.Join(' ', Headers)} {ContentType}\n{(body.Length > Shown ? $"{body[..Shown]}… ({body.Length})" : body)}";
    }
}
