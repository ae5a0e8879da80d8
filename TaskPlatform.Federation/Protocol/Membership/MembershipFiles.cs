using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Membership;

/// <summary>
/// Makes a federation for development on one machine: in a folder one folder for each member, with its copy of <c>federation.json</c> and its keys. In earnest each
/// operator makes the keys of its own member, and only public ones travel.
/// </summary>
public static class MembershipFiles
{
    /// <summary>The name of a member's copy of the federation file.</summary>
    public const string FederationFileName = "federation.json";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A member's copy of the federation file: <c>Federation:File</c> of its settings.</summary>
    public static string FileOf(string folder, string memberId) => Path.Combine(folder, memberId, FederationFileName);

    /// <summary>A member's keys: <c>Federation:Keys</c> of its settings.</summary>
    public static string KeysOf(string folder, string memberId) => Path.Combine(folder, memberId);

    /// <summary>Writes all files. When it fails on the way, running it again with <see cref="ExistingMembers.KeepKeys"/> goes on.</summary>
    /// <returns>The federation, read back from the aggregator's copy.</returns>
    /// <exception cref="MembershipException">There is one already, or its fields would be wrong.</exception>
    /// <exception cref="IOException">Files cannot be written.</exception>
    public static FederationFile Create(string folder, NewFederation federation, ExistingMembers existing = ExistingMembers.Refuse)
    {
        (string Id, Uri Address)[] members = [(NewFederation.AggregatorId, federation.Aggregator), .. federation.Nodes];
        Check(folder, federation, members, existing);
        var listed = members.Select((member, place) => KeysFor(folder, member.Id, member.Address, federation, isNode: place > 0, existing)).ToArray();
        var json = JsonSerializer.SerializeToUtf8Bytes(Describe(federation, listed), FederationJsonContext.Legible().FederationJson);
        foreach (var (id, _) in members) File.WriteAllBytes(FileOf(folder, id), json);
        return FederationFile.Load(FileOf(folder, NewFederation.AggregatorId));
    }

    /// <summary>Tried with throw-away keys first: a mistyped argument leaves no half of a federation behind, and takes none away.</summary>
    private static void Check(string folder, NewFederation federation, (string Id, Uri Address)[] members, ExistingMembers existing)
    {
        if (existing == ExistingMembers.Refuse && members.FirstOrDefault(member => Directory.Exists(KeysOf(folder, member.Id))) is { Id: { } taken })
        {
            throw new MembershipException(KeysOf(folder, taken), "is there already; its keys would be lost.");
        }
        var listed = members.Select((member, place) => new MemberJson
        {
            Id = member.Id,
            Address = member.Address.OriginalString,
            IdentityKey = NewPublicKey(),
            SealingKey = place == 0 ? null : NewPublicKey(),
        });
        FederationFileReader.Read(FederationFileName, JsonSerializer.SerializeToUtf8Bytes(Describe(federation, [.. listed]), FederationJsonContext.Default.FederationJson));
    }

    private static string NewPublicKey()
    {
        using var key = IdentityKey.Generate();
        return Convert.ToBase64String(key.PublicKey);
    }

    private static FederationJson Describe(NewFederation federation, MemberJson[] members) => new()
    {
        FederationId = federation.FederationId,
        Epoch = federation.Epoch,
        Suite = federation.Suite,
        Sigma = federation.Sigma,
        Clip = federation.Clip,
        MinimumCohort = federation.MinimumCohort ?? Math.Min(6, federation.Nodes.Count),
        PeriodSeconds = federation.PeriodSeconds,
        Types = [.. federation.Types],
        Aggregator = members[0],
        Nodes = members[1..],
    };

    private static MemberJson KeysFor(string folder, string id, Uri address, NewFederation federation, bool isNode, ExistingMembers existing)
    {
        var own = KeysOf(folder, id);
        if (existing != ExistingMembers.KeepKeys || !File.Exists(Path.Combine(own, MemberKeys.CertificateFile))) WriteKeys(own, id, address, federation, isNode);
        using var keys = MemberKeys.Load(own);
        return new MemberJson
        {
            Id = id,
            Address = address.OriginalString,
            IdentityKey = Convert.ToBase64String(keys.Identity.PublicKey),
            SealingKey = isNode ? Convert.ToBase64String(keys.Sealing.PublicKey) : null,
        };
    }

    /// <summary>The certificate last: where one is, the keys are whole.</summary>
    private static void WriteKeys(string folder, string id, Uri address, NewFederation federation, bool isNode)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        File.Delete(Path.Combine(folder, MemberKeys.CertificateFile));
        using var identity = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WritePrivate(folder, MemberKeys.IdentityFile, identity);
        if (isNode)
        {
            using var sealing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            WritePrivate(folder, MemberKeys.SealingFile, sealing);
        }
        using var certificate = SelfSigned(identity, id, address, federation);
        File.WriteAllText(Path.Combine(folder, MemberKeys.CertificateFile), certificate.ExportCertificatePem());
    }

    private static X509Certificate2 SelfSigned(ECDsa identity, string id, Uri address, NewFederation federation)
    {
        var request = new CertificateRequest($"CN={id}", identity, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(address.DnsSafeHost, out var ip)) names.AddIpAddress(ip);
        else names.AddDnsName(address.DnsSafeHost);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false)); // server, client
        return request.CreateSelfSigned(federation.ValidFrom, federation.ValidFrom + federation.Validity);
    }

    /// <summary>A new file, for only a new one is made with these permissions.</summary>
    private static void WritePrivate(string folder, string name, ECDsa key)
    {
        var path = Path.Combine(folder, name);
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var writer = new StreamWriter(path, options);
        writer.Write(key.ExportPkcs8PrivateKeyPem());
    }
}
