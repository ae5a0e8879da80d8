using System.Text.Json.Nodes;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Tests.Federation.Membership;

/// <summary>What a federation file must say, and that each thing wrong with it is told by its field.</summary>
public sealed class FederationFileTests : IDisposable
{
    private const string NodesKey = "identityKey";

    private readonly MembershipFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("federationId", "null", "federationId: is missing")]
    [InlineData("federationId", "\"\"", "federationId: 1 to 64")]
    [InlineData("federationId", "\"a b\"", "federationId: 1 to 64")]
    [InlineData("federationId", "7", "federationId: is not JSON of the kind")]
    [InlineData("epoch", "0", "epoch: a whole number from 1")]
    [InlineData("epoch", "-1", "epoch: is not JSON of the kind")]
    [InlineData("epoch", "1.5", "epoch: is not JSON of the kind")]
    [InlineData("suite", "3", "suite: 1 (P-256) or 2 (X25519)")]
    [InlineData("sigma", "0", "sigma: a number above 0")]
    [InlineData("clip", "0", "clip: a whole number from 1")]
    [InlineData("clip", "2000000000", "clip: n · clip + 8 σ does not fit")]
    [InlineData("minimumCohort", "2", "minimumCohort: a whole number from 3")]
    [InlineData("minimumCohort", "4", "minimumCohort: The roster is below the minimum cohort of 4.")]
    [InlineData("periodSeconds", "0", "periodSeconds: from 0.1 to 86400")]
    [InlineData("periodSeconds", "100000", "periodSeconds: from 0.1 to 86400")]
    [InlineData("types", "[\"a\",\"a\"]", "types: Types have different names")]
    [InlineData("types", "[null]", "types: Types have different names")]
    [InlineData("types", "[\"other\"]", "types: Types have different names")]
    [InlineData("aggregator", "null", "aggregator: is missing")]
    [InlineData("nodes", "null", "nodes: is missing")]
    [InlineData("nodes", "[]", "nodes: 3 to 10000")]
    [InlineData("nodes", "[null,null,null]", "nodes[2]: is missing")]
    [InlineData("colour", "1", "colour: no such field")]
    public void Load_WrongField_NamesIt(string field, string value, string error)
    {
        var refused = Refusal(json => json[field] = JsonNode.Parse(value));

        Assert.Contains(refused.Errors, found => found.StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("id", "null", "nodes[1].id: is missing")]
    [InlineData("id", "\"../x\"", "nodes[1].id: 1 to 64")]
    [InlineData("id", "\"node1\"", "nodes: two members have the same id")]
    [InlineData("id", "\"aggregator\"", "nodes: two members have the same id")]
    [InlineData("address", "null", "nodes[1].address: is missing")]
    [InlineData("address", "\"http://127.0.0.1:1\"", "nodes[1].address: like https://host:port")]
    [InlineData("address", "\"https://127.0.0.1:1/path\"", "nodes[1].address: like https://host:port")]
    [InlineData("address", "\"https://u:p@127.0.0.1:1\"", "nodes[1].address: like https://host:port")]
    [InlineData("address", "\"https://127.0.0.1:5382/\"", "nodes: two members have the same address")]
    [InlineData("identityKey", "null", "nodes[1].identityKey: is missing")]
    [InlineData("identityKey", "\"%\"", "nodes[1].identityKey: the Base64 of a public key")]
    [InlineData("identityKey", "\"AAAA\"", "nodes[1].identityKey: the Base64 of a public key")]
    [InlineData("sealingKey", "null", "nodes[1].sealingKey: is missing")]
    [InlineData("colour", "1", "nodes[1].colour: no such field")]
    public void Load_WrongFieldOfANode_NamesIt(string field, string value, string error)
    {
        var refused = Refusal(json => json["nodes"]![1]![field] = JsonNode.Parse(value));

        Assert.Contains(refused.Errors, found => found.StartsWith(error, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_KeyThatIsNoPointOfTheCurve_NamesIt()
    {
        var refused = Refusal(json => json["nodes"]![0]![NodesKey] = Convert.ToBase64String(Enumerable.Repeat((byte)1, 64).ToArray()));

        Assert.StartsWith("nodes[0].identityKey: the Base64 of a public key", Assert.Single(refused.Errors));
    }

    [Fact]
    public void Load_KeyOfTwoMembers_Refused()
    {
        var refused = Refusal(json => json["nodes"]![0]!["sealingKey"] = json["aggregator"]![NodesKey]!.DeepClone());

        Assert.Equal("nodes: the same key stands there twice.", Assert.Single(refused.Errors));
    }

    [Fact]
    public void Load_SealingKeyOfTheAggregator_Refused()
    {
        var refused = Refusal(json => json["aggregator"]!["sealingKey"] = json["nodes"]![0]!["sealingKey"]!.DeepClone());

        Assert.StartsWith("aggregator.sealingKey:", Assert.Single(refused.Errors));
    }

    [Fact]
    public void Load_SeveralErrors_NamesAllWithTheFile()
    {
        var refused = Refusal(json =>
        {
            json["epoch"] = 0;
            json["nodes"]![2]!["address"] = "?";
        });

        Assert.Equal(2, refused.Errors.Count);
        Assert.Contains("federation.json: epoch:", refused.Message);
        Assert.Contains("federation.json: nodes[2].address:", refused.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"epoch\":1,\"epoch\":2}")]
    [InlineData("[]")]
    public void Load_NoSuchJson_Refused(string text)
    {
        File.WriteAllText(_folder.Of("node1", MembershipFiles.FederationFileName), text);

        var refused = Assert.Throws<MembershipException>(Load);

        Assert.Contains("federation.json", refused.Message);
    }

    [Fact]
    public void Load_MissingFile_SaysWhich()
    {
        var refused = Assert.Throws<MembershipException>(() => FederationFile.Load("/nowhere/federation.json"));

        Assert.StartsWith("/nowhere/federation.json: The federation file cannot be read", refused.Message);
    }

    [Fact]
    public void Terms_OfThreeNodes_AreTheFiles()
    {
        var terms = Load().Terms();

        using var roster = terms.Roster;
        Assert.Equal(["node1", "node2", "node3"], roster.Members.Select(member => member.Id));
        Assert.Equal(("dev", 1UL, 12.0, 100_000U, 3, (byte)1), (terms.FederationId, terms.Epoch, terms.Sigma, terms.Clip, terms.Graph.Cohort, terms.Suite.Id));
    }

    private MembershipException Refusal(Action<JsonNode> change)
    {
        var path = _folder.Of("node1", MembershipFiles.FederationFileName);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
        return Assert.Throws<MembershipException>(Load);
    }

    private FederationFile Load() => FederationFile.Load(_folder.Of("node1", MembershipFiles.FederationFileName));
}
