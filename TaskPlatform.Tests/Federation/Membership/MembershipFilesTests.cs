using System.Security.Cryptography.X509Certificates;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Tests.Federation.Membership;

/// <summary>What the command makes is what members read.</summary>
public sealed class MembershipFilesTests : IDisposable
{
    private readonly MembershipFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_ThreeNodes_EachMemberReadsItsOwn()
    {
        var expected = File.ReadAllText(MembershipFiles.FileOf(_folder.Path, "aggregator"));
        foreach (var member in _folder.File.Members)
        {
            Assert.Equal(expected, File.ReadAllText(MembershipFiles.FileOf(_folder.Path, member.Id)));
            Assert.Contains($"\"{Convert.ToBase64String(member.IdentityKey)}\"", expected);
            using var keys = _folder.Keys(member.Id);
            Assert.Equal(member.Id, FederationFile.Load(MembershipFiles.FileOf(_folder.Path, member.Id)).OwnerOf(keys).Id);
            Assert.True(keys.Certificate.HasPrivateKey);
            Assert.Equal($"CN={member.Id}", keys.Certificate.Subject);
        }
    }

    [Fact]
    public void Create_Settings_AreInTheFile()
    {
        var nodes = Enumerable.Range(1, 8).Select(n => ($"n{n}", new Uri($"https://10.0.0.{n}:1")));
        using var folder = new MembershipFolder(new NewFederation([.. nodes])
        {
            Aggregator = new Uri("https://sums.example:7"), FederationId = "f", Epoch = 9, Suite = 2, Sigma = 3.5, Clip = 7, PeriodSeconds = 0.5, Types = ["t"],
        });

        var file = folder.File;
        Assert.Equal(("f", 9UL, (byte)2, 3.5, 7U), (file.FederationId, file.Epoch, file.Suite.Id, file.Sigma, file.Clip));
        Assert.Equal((6, TimeSpan.FromSeconds(0.5), "https://sums.example:7/"), (file.MinimumCohort, file.Period, file.Aggregator.Address.AbsoluteUri));
        Assert.Equal(["t", "other"], file.Schema.Types);
        Assert.Equal(8, file.Nodes.Count);
        Assert.Null(file.Find("n9"));
    }

    [Fact]
    public void Create_Certificate_IsForServersAndClientsAtTheAddress()
    {
        using var keys = _folder.Keys("node3");

        Assert.True(keys.Certificate.MatchesHostname("localhost"));
        Assert.Equal(2, Assert.Single(keys.Certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()).EnhancedKeyUsages.Count);
    }

    [Fact]
    public void Create_OverAFederation_RefusedAndLeftAlone()
    {
        var before = Snapshot();

        Assert.Contains("is there already", Assert.Throws<MembershipException>(() => MembershipFiles.Create(_folder.Path, MembershipFolder.Three)).Message);
        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [InlineData(ExistingMembers.Replace)]
    [InlineData(ExistingMembers.KeepKeys)]
    public void Create_WrongFields_LeavesWhatIsThereAlone(ExistingMembers existing)
    {
        var before = Snapshot();

        Assert.Throws<MembershipException>(() => MembershipFiles.Create(_folder.Path, MembershipFolder.Three with { MinimumCohort = 4 }, existing));
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void Create_Replace_MakesNewKeys()
    {
        var file = MembershipFiles.Create(_folder.Path, MembershipFolder.Three, ExistingMembers.Replace);

        Assert.All(file.Members, member => Assert.NotEqual(_folder.File.Find(member.Id)!.IdentityKey, member.IdentityKey));
    }

    [Fact]
    public void Create_KeepKeysWithAnotherNode_AdmitsIt()
    {
        var four = MembershipFolder.Three with { Epoch = 2, Nodes = [.. MembershipFolder.Three.Nodes, ("node4", new Uri("https://127.0.0.1:5385"))] };

        var file = MembershipFiles.Create(_folder.Path, four, ExistingMembers.KeepKeys);

        Assert.Equal((2UL, 4), (file.Epoch, file.Nodes.Count));
        Assert.All(_folder.File.Members, member => Assert.Equal(member.IdentityKey, file.Find(member.Id)!.IdentityKey));
    }

    private string[] Snapshot() =>
        [.. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => path + File.ReadAllText(path))];
}
