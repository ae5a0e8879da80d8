using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Suites;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Tests.Federation.Transport;

/// <summary>The example of RFC 9421 that is of this algorithm: B.2.4, a response signed with the key of B.1.3.</summary>
public sealed class PublishedSignatureTests
{
    private const string PublicKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==";
    private const string Input = "sig-b24=(\"@status\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"";
    private const string Signature = "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==";

    [Fact]
    public void Verify_ExampleB24_Holds() => Assert.True(Verifies(new Response()));

    [Theory]
    [InlineData("@status", "201")]
    [InlineData("content-type", "application/JSON")]
    [InlineData("content-length", "24")]
    public void Verify_ExampleB24Changed_Fails(string component, string value) => Assert.False(Verifies(new Response { Values = { [component] = value } }));

    [Fact]
    public void Parse_ExampleB24_ReadsItsParameters()
    {
        var input = SignatureInput.Parse(Input, out var isSeveral)!;

        Assert.False(isSeveral);
        Assert.Equal(("sig-b24", 1_618_884_473L, "test-key-ecc-p256"), (input.Label, input.Created, input.KeyId));
        Assert.Equal(["@status", "content-type", "content-digest", "content-length"], input.Components.Select(component => component.Name));
    }

    private static bool Verifies(Response response)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(PublicKey), out _);
        var input = SignatureInput.Parse(Input, out _)!;
        return IdentityKey.Verify(key, SignatureBase.Build(input.Components, input.Parameters, response, out _), Convert.FromBase64String(Signature));
    }

    private sealed class Response : ISignedMessage
    {
        public Dictionary<string, string> Values { get; } = new()
        {
            ["@status"] = "200",
            ["content-type"] = "application/json",
            ["content-digest"] = "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:",
            ["content-length"] = "23",
        };

        public ReadOnlySpan<byte> Body => "{\"message\": \"good dog\"}"u8;

        public IEnumerable<string> ProtocolHeaders => [];

        public string? Find(CoveredComponent component) => Values.GetValueOrDefault(component.Name);
    }
}
