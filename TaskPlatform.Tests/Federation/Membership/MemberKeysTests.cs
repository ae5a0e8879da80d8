using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Tests.Federation.Membership;

/// <summary>Which folders of keys are taken.</summary>
public sealed class MemberKeysTests : IDisposable
{
    private readonly MembershipFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MemberKeys.IdentityFile, UnixFileMode.GroupRead)]
    [InlineData(MemberKeys.IdentityFile, UnixFileMode.OtherRead)]
    [InlineData(MemberKeys.SealingFile, UnixFileMode.GroupWrite)]
    [InlineData(MemberKeys.SealingFile, UnixFileMode.OtherRead)]
    public void Load_PrivateKeyThatOthersMayUse_RefusedWithTheRemedy(string file, UnixFileMode more)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such permissions.");
        if (OperatingSystem.IsWindows()) return;
        var path = _folder.Of("node1", file);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);

        var refused = Assert.Throws<MembershipException>(() => _folder.Keys("node1"));

        Assert.EndsWith($"{file} may be read or written by others on this machine. Run: chmod 600 {path}", refused.Message);
    }

    [Theory]
    [InlineData(MemberKeys.CertificateFile)]
    [InlineData(MemberKeys.IdentityFile)]
    public void Load_MissingFile_SaysWhich(string file)
    {
        File.Delete(_folder.Of("node1", file));

        Assert.Contains($"{file} cannot be read", Assert.Throws<MembershipException>(() => _folder.Keys("node1")).Message);
    }

    [Theory]
    [InlineData(MemberKeys.CertificateFile)]
    [InlineData(MemberKeys.IdentityFile)]
    [InlineData(MemberKeys.SealingFile)]
    public void Load_FileWithoutKey_SaysWhich(string file)
    {
        File.WriteAllText(_folder.Of("node1", file), "nothing");

        Assert.Contains($"{file} is no ", Assert.Throws<MembershipException>(() => _folder.Keys("node1")).Message);
    }

    [Fact]
    public void Load_KeyOfAnotherCurve_Refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        File.WriteAllText(_folder.Of("node1", MemberKeys.IdentityFile), other.ExportPkcs8PrivateKeyPem());

        Assert.Contains("another curve than P-256", Assert.Throws<MembershipException>(() => _folder.Keys("node1")).Message);
    }

    [Fact]
    public void Load_CertificateOfAnotherMember_Refused()
    {
        File.Copy(_folder.Of("node2", MemberKeys.CertificateFile), _folder.Of("node1", MemberKeys.CertificateFile), overwrite: true);

        Assert.Contains("certificate.pem is no certificate over the key of identity.pem", Assert.Throws<MembershipException>(() => _folder.Keys("node1")).Message);
    }

    [Fact]
    public void OwnerOf_KeysOfANode_IsTheNode()
    {
        using var keys = _folder.Keys("node2");

        Assert.Equal("node2", _folder.File.OwnerOf(keys).Id);
    }

    [Fact]
    public void OwnerOf_KeysOfAStranger_Refused()
    {
        using var elsewhere = new MembershipFolder();
        using var keys = elsewhere.Keys("node2");

        Assert.Contains("the key of no member of federation 'dev', epoch 1", Assert.Throws<MembershipException>(() => _folder.File.OwnerOf(keys)).Message);
    }

    [Fact]
    public void EnsureBelongTo_AnotherMember_Refused()
    {
        using var keys = _folder.Keys("node1");

        Assert.Contains("identityKey of 'node2'", Assert.Throws<MembershipException>(() => keys.EnsureBelongTo(_folder.File.Find("node2")!)).Message);
    }

    [Fact]
    public void EnsureBelongTo_SealingKeyOfAnotherMember_Refused()
    {
        File.Copy(_folder.Of("node2", MemberKeys.SealingFile), _folder.Of("node1", MemberKeys.SealingFile), overwrite: true);
        using var keys = _folder.Keys("node1");

        Assert.Contains("sealingKey of 'node1'", Assert.Throws<MembershipException>(() => keys.EnsureBelongTo(_folder.File.Find("node1")!)).Message);
    }

    [Fact]
    public void Sealing_OfTheAggregator_IsMissing()
    {
        using var keys = _folder.Keys(NewFederation.AggregatorId);

        Assert.Contains("sealing.pem is missing", Assert.Throws<MembershipException>(() => keys.Sealing).Message);
    }
}
