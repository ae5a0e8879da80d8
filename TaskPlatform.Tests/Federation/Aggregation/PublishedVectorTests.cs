using System.Security.Cryptography;
using System.Text;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>The primitives against the vectors of the documents that define them.</summary>
public sealed class PublishedVectorTests
{
    private const string Sunscreen =
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";

    /// <summary>RFC 5869, A.1 to A.3.</summary>
    [Theory]
    [InlineData(
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")]
    [InlineData(
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
        + "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
        "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
        + "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
        "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
        + "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
        + "cc30c58179ec3e87c14c01d5c1f3434f1d87")]
    [InlineData(
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")]
    public void Derive_VectorsOfRfc5869_AreMet(string secret, string salt, string info, string expected)
    {
        var key = KeyDerivation.Derive(Hex(secret), Hex(salt), Hex(info), expected.Length / 2);

        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }

    /// <summary>RFC 7748, 5.2.</summary>
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d", "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void Agree_VectorsOfRfc7748_AreMet(string scalar, string point, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(X25519(Hex(scalar), Hex(point))));

    /// <summary>RFC 7748, 5.2: the result becomes the scalar, the scalar the point.</summary>
    [Fact]
    public void Agree_IteratedAThousandTimes_IsAsInRfc7748()
    {
        var scalar = Hex("0900000000000000000000000000000000000000000000000000000000000000");
        var point = scalar;

        (scalar, point) = (X25519(scalar, point), scalar);
        Assert.Equal("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", Convert.ToHexStringLower(scalar));

        for (var i = 1; i < 1000; i++) (scalar, point) = (X25519(scalar, point), scalar);
        Assert.Equal("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", Convert.ToHexStringLower(scalar));
    }

    /// <summary>RFC 7748, 6.1.</summary>
    [Fact]
    public void Agree_AliceAndBobOfRfc7748_HaveOneSecret()
    {
        using var alice = CipherSuites.X25519.ImportPrivate(Hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
        using var bob = CipherSuites.X25519.ImportPrivate(Hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));

        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Convert.ToHexStringLower(alice.PublicKey));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Convert.ToHexStringLower(bob.PublicKey));
        const string secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
        Assert.Equal(secret, Convert.ToHexStringLower(alice.Agree(CipherSuites.X25519.ImportPublic(bob.PublicKey))));
        Assert.Equal(secret, Convert.ToHexStringLower(bob.Agree(CipherSuites.X25519.ImportPublic(alice.PublicKey))));
    }

    /// <summary>RFC 5903, 8.1: ECP group of 256 bits.</summary>
    [Fact]
    public void Agree_InitiatorAndResponderOfRfc5903_HaveOneSecret()
    {
        using var initiator = CipherSuites.P256.ImportPrivate(Hex("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"));
        using var responder = CipherSuites.P256.ImportPrivate(Hex("c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53"));

        Assert.Equal(
            "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
            Convert.ToHexStringLower(initiator.PublicKey));
        const string secret = "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de";
        Assert.Equal(secret, Convert.ToHexStringLower(initiator.Agree(CipherSuites.P256.ImportPublic(responder.PublicKey))));
        Assert.Equal(secret, Convert.ToHexStringLower(responder.Agree(CipherSuites.P256.ImportPublic(initiator.PublicKey))));
    }

    /// <summary>NIST SP 800-38A, F.5.5 and F.5.6.</summary>
    [Fact]
    public void Transform_VectorOfSp80038A_IsMetBothWays()
    {
        var key = Hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        var counter = Hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        var plaintext = Hex(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");

        var ciphertext = AesCounterMode.Transform(key, counter, plaintext);

        Assert.Equal(
            "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
            Convert.ToHexStringLower(ciphertext));
        Assert.Equal(plaintext, AesCounterMode.Transform(key, counter, ciphertext));
    }

    /// <summary>RFC 8439, 2.4.2: the encryption begins at block 1, as the keystream under a tag does.</summary>
    [Fact]
    public void Seal_PlaintextOfRfc8439_IsEncryptedByItsKeystream()
    {
        var key = Enumerable.Range(0, 32).Select(value => (byte)value).ToArray();

        var ciphertext = ChaChaStream.Seal(key, Hex("000000000000004a00000000"), Encoding.ASCII.GetBytes(Sunscreen), []);

        Assert.Equal(
            "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8"
            + "07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d",
            Convert.ToHexStringLower(ciphertext[..^16]));
    }

    /// <summary>RFC 8439, 2.8.2.</summary>
    [Fact]
    public void Seal_AeadVectorOfRfc8439_IsMetBothWays()
    {
        var key = Enumerable.Range(0x80, 32).Select(value => (byte)value).ToArray();
        var nonce = Hex("070000004041424344454647");
        var associated = Hex("50515253c0c1c2c3c4c5c6c7");

        var ciphertext = ChaChaStream.Seal(key, nonce, Encoding.ASCII.GetBytes(Sunscreen), associated);

        Assert.Equal(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
            + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116"
            + "1ae10b594f09e26a7e902ecbd0600691",
            Convert.ToHexStringLower(ciphertext));
        Assert.Equal(Sunscreen, Encoding.ASCII.GetString(ChaChaStream.Open(key, nonce, ciphertext, associated)));
        ciphertext[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => ChaChaStream.Open(key, nonce, ciphertext, associated));
    }

    private static byte[] X25519(byte[] scalar, byte[] point)
    {
        using var key = CipherSuites.X25519.ImportPrivate(scalar);
        using var other = CipherSuites.X25519.ImportPublic(point);
        return key.Agree(other);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
