using System.Buffers.Binary;
using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>What every suite promises to a round, whatever it is made of.</summary>
public abstract class CipherSuiteTests(ICipherSuite suite)
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];

    [Fact]
    public void Generate_TwoKeys_AgreeOnOneSecretAndSurviveExport()
    {
        using var one = suite.Generate(SystemEntropy.Instance);
        using var two = suite.Generate(SystemEntropy.Instance);
        using var copy = suite.ImportPrivate(one.Export());
        using var publicOne = suite.ImportPublic(one.PublicKey);
        using var publicTwo = suite.ImportPublic(two.PublicKey);

        Assert.Equal(one.PublicKey, copy.PublicKey);
        Assert.Equal(suite.PublicKeyBytes, one.PublicKey.Length);
        Assert.Equal(one.Agree(publicTwo), two.Agree(publicOne));
        Assert.Equal(one.Agree(publicTwo), copy.Agree(publicTwo));
        Assert.NotEqual(one.PublicKey, two.PublicKey);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(258)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public void Mask_OnAndOff_LeavesTheLanes(int count)
    {
        var lanes = Enumerable.Range(0, count).Select(value => (uint)value).ToArray();
        var masked = lanes.ToArray();

        suite.Mask(Key, masked, MaskSign.Add);
        if (count > 100) Assert.True(lanes.Zip(masked).Count(pair => pair.First == pair.Second) < 10, "The lanes are hardly masked.");
        suite.Mask(Key, masked, MaskSign.Subtract);

        Assert.Equal(lanes, masked);
    }

    /// <summary>A mask has to be the same however many lanes are asked for, or a node of another version would not cancel it.</summary>
    [Fact]
    public void Mask_OfFewerLanes_IsTheBeginningOfALongerOne()
    {
        var all = new uint[20_000];
        suite.Mask(Key, all, MaskSign.Add);
        foreach (var count in (int[])[1, 3, 258, 2048, 4097, 8191, 19_999])
        {
            var some = new uint[count];
            suite.Mask(Key, some, MaskSign.Add);
            Assert.Equal(all[..count], some);
        }
        Assert.Equal(all.Length, all.Distinct().Count() + Repeats(all));
    }

    [Fact]
    public void Open_WithAnotherKeyPlaceOrText_IsRefused()
    {
        byte[] place = [1, 2], text = [3, 4, 5];
        var sealedText = suite.Seal(Key, text, place);

        Assert.Equal(text, suite.Open(Key, sealedText, place));
        byte[] otherKey = [.. Key[..^1], 0];
        byte[] changed = [.. sealedText[..^1], (byte)(sealedText[^1] ^ 1)];
        Assert.ThrowsAny<CryptographicException>(() => suite.Open(otherKey, sealedText, place));
        Assert.ThrowsAny<CryptographicException>(() => suite.Open(Key, sealedText, [2, 1]));
        Assert.ThrowsAny<CryptographicException>(() => suite.Open(Key, changed, place));
        Assert.ThrowsAny<CryptographicException>(() => suite.Open(Key, sealedText[..3], place));
    }

    [Fact]
    public void Import_OfTheWrongSize_IsRefused()
    {
        Assert.ThrowsAny<CryptographicException>(() => suite.ImportPublic(new byte[suite.PublicKeyBytes - 1]));
        Assert.ThrowsAny<CryptographicException>(() => suite.ImportPublic([]));
        Assert.ThrowsAny<CryptographicException>(() => suite.ImportPrivate(new byte[31]));
    }

    /// <summary>Of 20,000 random words a few are alike by chance (0.05 expected); a keystream that begins anew repeats thousands.</summary>
    private static int Repeats(uint[] words)
    {
        var repeats = words.Length - words.Distinct().Count();
        Assert.InRange(repeats, 0, 3);
        return repeats;
    }
}

public sealed class P256SuiteTests() : CipherSuiteTests(CipherSuites.P256)
{
    [Fact]
    public void ImportPublic_PointBesideTheCurve_IsRefused()
    {
        using var key = CipherSuites.P256.Generate(SystemEntropy.Instance);
        var beside = key.PublicKey.ToArray();
        beside[^1] ^= 1;

        Assert.ThrowsAny<CryptographicException>(() => CipherSuites.P256.ImportPublic(beside));
        Assert.ThrowsAny<CryptographicException>(() => CipherSuites.P256.ImportPublic(new byte[64]));
    }

    [Fact]
    public void ImportPrivate_NoughtOrTheOrder_IsRefused()
    {
        var order = Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

        Assert.ThrowsAny<CryptographicException>(() => CipherSuites.P256.ImportPrivate(new byte[32]));
        Assert.ThrowsAny<CryptographicException>(() => CipherSuites.P256.ImportPrivate(order));
    }

    /// <summary>A mask is the counter mode's keystream from counter nought, word by word.</summary>
    [Fact]
    public void Mask_OfNoughts_IsTheKeystreamFromNought()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
        var lanes = new uint[2051];
        CipherSuites.P256.Mask(key, lanes, MaskSign.Add);

        var stream = AesCounterMode.Transform(key, new byte[16], new byte[lanes.Length * 4]);
        Assert.Equal(lanes, Enumerable.Range(0, lanes.Length).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(stream.AsSpan(4 * i))));
    }
}

public sealed class X25519SuiteTests() : CipherSuiteTests(CipherSuites.X25519)
{
    /// <summary>Points of small order give everybody the same secret (RFC 7748, 6.1): nought and one.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Agree_WithAPointOfSmallOrder_IsRefused(byte first)
    {
        using var key = CipherSuites.X25519.Generate(SystemEntropy.Instance);
        var point = new byte[32];
        point[0] = first;

        Assert.ThrowsAny<CryptographicException>(() => key.Agree(CipherSuites.X25519.ImportPublic(point)));
    }
}
