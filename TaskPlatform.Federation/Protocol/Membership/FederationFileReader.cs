using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Membership;

/// <summary>Reads a federation file and tells all that is wrong with it, each error by its field.</summary>
internal sealed class FederationFileReader
{
    private const double ShortestPeriodSeconds = 0.1;
    private const double LongestPeriodSeconds = 86_400;

    /// <summary>With fewer nodes no threshold lets one of them collude: <see cref="RoundRules"/>.</summary>
    private const int FewestNodes = 3;

    private readonly List<string> _errors = [];

    /// <exception cref="MembershipException">It is no JSON, or fields are wrong.</exception>
    public static FederationFile Read(string path, ReadOnlySpan<byte> json)
    {
        var reader = new FederationFileReader();
        var file = reader.Convert(Parse(path, json));
        return file ?? throw new MembershipException(path, reader._errors);
    }

    private static FederationJson Parse(string path, ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, FederationJsonContext.Default.FederationJson) ?? throw new MembershipException(path, "The file holds null.");
        }
        catch (JsonException wrong)
        {
            var field = wrong.Path is { Length: > 2 } at ? at[2..] : "the file";
            throw new MembershipException(path, $"{field}: is not JSON of the kind that belongs there (line {wrong.LineNumber + 1}): {wrong.Message}", wrong);
        }
    }

    private FederationFile? Convert(FederationJson json)
    {
        RefuseUnknown("", json.Unknown);
        CheckName("federationId", json.FederationId);
        if (Given("epoch", json.Epoch)) Check(json.Epoch > 0, "epoch", "a whole number from 1.");
        if (Given("suite", json.Suite)) Check(SuiteOf(json) is not null, "suite", "1 (P-256) or 2 (X25519).");
        if (Given("sigma", json.Sigma)) Check(json.Sigma is > 0 and < int.MaxValue, "sigma", "a number above 0: without noise the sums tell of single tasks.");
        if (Given("clip", json.Clip)) Check(json.Clip > 0, "clip", "a whole number from 1.");
        if (Given("minimumCohort", json.MinimumCohort)) Check(json.MinimumCohort >= FewestNodes, "minimumCohort", $"a whole number from {FewestNodes}.");
        if (Given("periodSeconds", json.PeriodSeconds))
        {
            Check(json.PeriodSeconds is >= ShortestPeriodSeconds and <= LongestPeriodSeconds, "periodSeconds", "from 0.1 to 86400.");
        }
        var schema = SchemaOf(json);
        var aggregator = Given("aggregator", json.Aggregator) ? MemberOf("aggregator", json.Aggregator!, isNode: false) : null;
        var nodes = Given("nodes", json.Nodes) ? NodesOf(json.Nodes!) : [];
        if (_errors.Count > 0) return null;
        CheckDistinct([aggregator!, .. nodes]);
        return _errors.Count > 0 ? null : WithTerms(new FederationFile(aggregator!, nodes)
        {
            FederationId = json.FederationId!,
            Epoch = json.Epoch!.Value,
            Suite = SuiteOf(json)!,
            Sigma = json.Sigma!.Value,
            Clip = json.Clip!.Value,
            MinimumCohort = json.MinimumCohort!.Value,
            Period = TimeSpan.FromSeconds(json.PeriodSeconds!.Value),
            Schema = schema!,
        });
    }

    private static ICipherSuite? SuiteOf(FederationJson json) => CipherSuites.All.FirstOrDefault(suite => suite.Id == json.Suite);

    private SummarySchema? SchemaOf(FederationJson json)
    {
        if (!Given("types", json.Types)) return null;
        try
        {
            return new SummarySchema(json.Types!.Select(type => type ?? ""));
        }
        catch (ArgumentException wrong)
        {
            _errors.Add($"types: {Sentence(wrong)}");
            return null;
        }
    }

    private FederationMember[] NodesOf(MemberJson?[] nodes)
    {
        Check(nodes.Length is >= FewestNodes and <= Roster.MaxMembers, "nodes", $"{FewestNodes} to {Roster.MaxMembers} of them.");
        var members = new FederationMember[nodes.Length];
        for (var node = 0; node < nodes.Length; node++)
        {
            if (Given($"nodes[{node}]", nodes[node])) members[node] = MemberOf($"nodes[{node}]", nodes[node]!, isNode: true);
        }
        return members;
    }

    private FederationMember MemberOf(string field, MemberJson json, bool isNode)
    {
        RefuseUnknown($"{field}.", json.Unknown);
        CheckName($"{field}.id", json.Id);
        var address = AddressOf($"{field}.address", json.Address);
        var identity = KeyOf($"{field}.identityKey", json.IdentityKey);
        if (!isNode) Check(json.SealingKey is null, $"{field}.sealingKey", "only nodes have one.");
        return new FederationMember(json.Id ?? "", address, identity, isNode ? KeyOf($"{field}.sealingKey", json.SealingKey) : []);
    }

    private Uri AddressOf(string field, string? address)
    {
        if (!Given(field, address)) return null!;
        var isPlain = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { Scheme: "https", PathAndQuery: "/", Fragment: "", UserInfo: "" } && Ascii.IsValid(uri.Host);
        Check(isPlain, field, "like https://host:port, without a path, a host of another script as xn--….");
        return uri!;
    }

    private byte[] KeyOf(string field, string? text)
    {
        if (!Given(field, text)) return [];
        try
        {
            var key = System.Convert.FromBase64String(text!);
            IdentityKey.ImportPublic(key).Dispose();
            return key;
        }
        catch (Exception wrong) when (wrong is FormatException or CryptographicException)
        {
            _errors.Add($"{field}: the Base64 of a public key of P-256, {IdentityKey.PublicKeyBytes} bytes: X and Y.");
            return [];
        }
    }

    /// <summary>No name, address or key belongs to two: a signature or a certificate tells one member only.</summary>
    private void CheckDistinct(IReadOnlyList<FederationMember> members)
    {
        Check(members.DistinctBy(member => member.Id).Count() == members.Count, "nodes", "two members have the same id.");
        Check(members.DistinctBy(member => member.Address).Count() == members.Count, "nodes", "two members have the same address.");
        var keys = members.Select(member => member.IdentityKey).Concat(members.Select(member => member.SealingKey).Where(key => key.Length > 0)).ToList();
        Check(keys.DistinctBy(System.Convert.ToHexString).Count() == keys.Count, "nodes", "the same key stands there twice.");
    }

    private FederationFile? WithTerms(FederationFile file)
    {
        try
        {
            file.Terms().Roster.Dispose();
            return file;
        }
        catch (ArgumentException wrong)
        {
            _errors.Add($"{(wrong.ParamName == "clip" ? "clip" : "minimumCohort")}: {Sentence(wrong)}");
            return null;
        }
    }

    private void CheckName(string field, string? name)
    {
        if (Given(field, name)) Check(IsName(name!), field, "1 to 64 letters, digits, '.', '-' and '_', a letter or digit first.");
    }

    internal static bool IsName(string name) =>
        name.Length is >= 1 and <= RoundTerms.MaxNameLength && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private void RefuseUnknown(string prefix, Dictionary<string, JsonElement>? unknown)
    {
        foreach (var field in unknown?.Keys ?? Enumerable.Empty<string>()) _errors.Add($"{prefix}{field}: no such field.");
    }

    private bool Given(string field, object? value)
    {
        if (value is null) _errors.Add($"{field}: is missing.");
        return value is not null;
    }

    private void Check(bool holds, string field, string expected)
    {
        if (!holds) _errors.Add($"{field}: {expected}");
    }

    /// <summary>Without the name of our own parameter, which the reader of the file does not know.</summary>
    private static string Sentence(ArgumentException wrong) => wrong.Message.Split(" (Parameter", 2)[0];
}
