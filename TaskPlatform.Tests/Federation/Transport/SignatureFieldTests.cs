using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Tests.Federation.Transport;

/// <summary>Which fields are read, which are not.</summary>
public sealed class SignatureFieldTests
{
    [Theory]
    [InlineData("s=()")]
    [InlineData("s=(\"a\" \"b\";req)")]
    [InlineData("*x.y-z_1=(\"a\");created=-1;expires=999999999999999;nonce=\"n\";keyid=\"k\";alg=\"a\";tag=\"t\"")]
    public void Parse_RightField_IsRead(string field) => Assert.Equal(field[(field.IndexOf('=') + 1)..], SignatureInput.Parse(field, out _)!.Parameters);

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("S=()")]
    [InlineData("s=")]
    [InlineData("s=(")]
    [InlineData("s=(\"a)")]
    [InlineData("s=(\"a\"\\\"b\")")]
    [InlineData("s=(a)")]
    [InlineData("s=(\"a\";sf)")]
    [InlineData("s=(\"a\" \"a\")")]
    [InlineData("s=(\"ä\")")]
    [InlineData("s=();created")]
    [InlineData("s=();created=\"1\"")]
    [InlineData("s=();created=1.5")]
    [InlineData("s=();created=1;created=1")]
    [InlineData("s=();created=1000000000000000")]
    [InlineData("s=();nonce=1")]
    [InlineData("s=();nonce=\"\\\"\"")]
    [InlineData("s=();colour=\"red\"")]
    [InlineData("s=() ")]
    [InlineData("s=(),")]
    public void Parse_WrongField_IsNot(string field) => Assert.Null(SignatureInput.Parse(field, out _));

    [Fact]
    public void Parse_ManyComponents_IsNot() => Assert.Null(SignatureInput.Parse($"s=({string.Join(' ', Enumerable.Range(0, 33).Select(n => $"\"c{n}\""))})", out _));

    [Fact]
    public void Parse_TwoSignatures_SaysSo()
    {
        Assert.Null(SignatureInput.Parse("s=(), t=()", out var isSeveral));
        Assert.True(isSeveral);
    }

    [Theory]
    [InlineData("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", null)]
    [InlineData("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFA=:", TransportReason.DigestMismatch)]
    [InlineData("sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", TransportReason.DigestMalformed)]
    [InlineData("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, sha-256=:AAAA:", TransportReason.DigestMalformed)]
    [InlineData("sha-256=:AAAA:", TransportReason.DigestMalformed)]
    [InlineData("sha-512=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", TransportReason.DigestMalformed)]
    [InlineData(null, TransportReason.DigestMalformed)]
    public void Check_DigestOfNothing_IsOneOfSha256(string? field, object? reason) => Assert.Equal((TransportReason?)reason, ContentDigest.Check(field, []));

    [Fact]
    public void Of_BodyAndNothing_IsItsDigest()
    {
        Assert.Null(ContentDigest.Check(ContentDigest.Of([]), []));
        Assert.Null(ContentDigest.Check(ContentDigest.Of("x"u8), "x"u8));
        Assert.Equal(TransportReason.DigestMismatch, ContentDigest.Check(ContentDigest.Of("x"u8), "y"u8));
    }

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAB", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", false)]
    [InlineData("AAAAAAAAAAA AAAAAAAAAA", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA+", false)]
    public void TryParse_Nonce_HasOneForm(string text, bool isNonce) => Assert.Equal(isNonce, NonceCache.TryParse(text, out _));
}
