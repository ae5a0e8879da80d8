using System.Numerics;
using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Sharing;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

public sealed class ShamirTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(6, 8)]
    [InlineData(37, 52)]
    [InlineData(75, 100)]
    public void Combine_AnyThresholdOfShares_OpensTheSecret(int threshold, int count)
    {
        var random = new Random(threshold);
        var holders = Enumerable.Range(0, 1000).OrderBy(_ => random.Next()).Take(count).ToArray();
        foreach (var secret in Secrets())
        {
            var shares = Shamir.Split(secret, threshold, holders, SystemEntropy.Instance);
            Assert.All(shares, share => Assert.True(Shamir.IsShare(share)));
            for (var i = 0; i < 5; i++)
            {
                var some = Enumerable.Range(0, count).OrderBy(_ => random.Next()).Take(threshold).ToArray();
                Assert.Equal(secret, Combine(holders, shares, some));
            }
        }
    }

    [Fact]
    public void Combine_OneShareShortOrWrong_OpensSomethingElse()
    {
        int[] holders = [1, 2, 3, 4, 5, 6, 7];
        var secret = RandomNumberGenerator.GetBytes(Shamir.SecretBytes);
        var shares = Shamir.Split(secret, 4, holders, SystemEntropy.Instance);

        Assert.NotEqual(secret, Combine(holders, shares, [0, 1, 2]));
        shares[3][0] ^= 1;
        Assert.NotEqual(secret, Combine(holders, shares, [0, 1, 2, 3]));
    }

    /// <summary>
    /// One share short says nothing: the shares of two secrets are distributed alike. Of 4,000 sharings of nought and of ones the mean of a share's lowest limb
    /// lies within 5 standard errors of half the modulus.
    /// </summary>
    [Fact]
    public void Split_SharesBelowTheThreshold_AreUniformWhateverTheSecret()
    {
        foreach (var secret in (byte[][])[new byte[32], [.. Enumerable.Repeat((byte)0xFF, 32)]])
        {
            var values = Enumerable.Range(0, 4000)
                .Select(_ => BitConverter.ToUInt64(Shamir.Split(secret, 2, [0, 1], SystemEntropy.Instance)[0]) / (double)Field61.Modulus).ToList();
            Assert.InRange(values.Average(), 0.5 - 5 / Math.Sqrt(12 * 4000), 0.5 + 5 / Math.Sqrt(12 * 4000));
        }
    }

    [Fact]
    public void IsShare_ValueOutsideTheField_IsNone()
    {
        Assert.False(Shamir.IsShare([.. Enumerable.Repeat((byte)0xFF, Shamir.ShareBytes)]));
        Assert.False(Shamir.IsShare(new byte[Shamir.ShareBytes - 1]));
        Assert.True(Shamir.IsShare(new byte[Shamir.ShareBytes]));
    }

    /// <summary>Against arbitrary precision, at the edges and anywhere.</summary>
    [Fact]
    public void Field_AllOperations_AreThoseOfTheIntegersModulo()
    {
        var modulus = new BigInteger(Field61.Modulus);
        var random = new Random(61);
        ulong[] values = [0, 1, 2, 1UL << 60, Field61.Modulus / 2, Field61.Modulus - 2, Field61.Modulus - 1, .. Enumerable.Range(0, 50).Select(_ => (ulong)random.NextInt64((long)Field61.Modulus))];
        foreach (var left in values)
        {
            if (left != 0) Assert.Equal(1UL, Field61.Multiply(left, Field61.Inverse(left)));
            foreach (var right in values)
            {
                Assert.Equal(((BigInteger)left + right) % modulus, Field61.Add(left, right));
                Assert.Equal(((BigInteger)left + modulus - right) % modulus, Field61.Subtract(left, right));
                Assert.Equal((BigInteger)left * right % modulus, Field61.Multiply(left, right));
            }
        }
    }

    private static byte[]? Combine(int[] holders, byte[][] shares, int[] some) =>
        Shamir.Combine(Shamir.Weights([.. some.Select(i => holders[i])]), [.. some.Select(i => (ReadOnlyMemory<byte>)shares[i])]);

    private static byte[][] Secrets() =>
        [new byte[32], [.. Enumerable.Repeat((byte)0xFF, 32)], RandomNumberGenerator.GetBytes(32), [.. Enumerable.Range(0, 32).Select(value => (byte)value)]];
}
