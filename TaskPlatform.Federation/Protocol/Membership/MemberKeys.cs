using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Membership;

/// <summary>
/// A member's own keys, from a folder of three PEM files: <c>certificate.pem</c> over the key of <c>identity.pem</c>, and <c>sealing.pem</c>, which the aggregator
/// does not have. Private keys that others on the machine may read are refused.
/// </summary>
public sealed class MemberKeys : IDisposable
{
    /// <summary>The TLS certificate, public.</summary>
    public const string CertificateFile = "certificate.pem";

    /// <summary>The private signing key, PKCS #8 or SEC 1.</summary>
    public const string IdentityFile = "identity.pem";

    /// <summary>The private key that tasks are sealed to, PKCS #8 or SEC 1.</summary>
    public const string SealingFile = "sealing.pem";

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly IPrivateKey? _sealing;

    private MemberKeys(string folder, IdentityKey identity, X509Certificate2 certificate, IPrivateKey? sealing) =>
        (Folder, Identity, Certificate, _sealing) = (folder, identity, certificate, sealing);

    /// <summary>Where they come from.</summary>
    public string Folder { get; }

    /// <summary>Signs messages and rounds.</summary>
    public IdentityKey Identity { get; }

    /// <summary>For TLS, with its private key, which is that of <see cref="Identity"/>.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Opens tasks that were sealed to this node.</summary>
    /// <exception cref="MembershipException">The folder has none: it is the aggregator's.</exception>
    public IPrivateKey Sealing => _sealing ?? throw new MembershipException(Folder, $"{SealingFile} is missing.");

    /// <summary>Reads a folder.</summary>
    /// <exception cref="MembershipException">A file is missing, no key of P-256, readable by others, or the certificate is over another key.</exception>
    public static MemberKeys Load(string folder)
    {
        var identity = LoadPrivate(folder, IdentityFile);
        try
        {
            var certificate = LoadCertificate(folder, identity);
            var sealing = File.Exists(Path.Combine(folder, SealingFile)) ? LoadSealing(folder) : null;
            return new MemberKeys(folder, new IdentityKey(identity), certificate, sealing);
        }
        catch
        {
            identity.Dispose();
            throw;
        }
    }

    /// <summary>Checks that these are the keys that a federation file lists for a member.</summary>
    /// <exception cref="MembershipException">They are another's.</exception>
    public void EnsureBelongTo(FederationMember member)
    {
        if (!member.IdentityKey.AsSpan().SequenceEqual(Identity.PublicKey))
        {
            throw new MembershipException(Folder, $"{IdentityFile} is not the key that the federation file lists as identityKey of '{member.Id}'.");
        }
        if (member.SealingKey.Length > 0 && !member.SealingKey.AsSpan().SequenceEqual(Sealing.PublicKey))
        {
            throw new MembershipException(Folder, $"{SealingFile} is not the key that the federation file lists as sealingKey of '{member.Id}'.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Identity.Dispose();
        Certificate.Dispose();
        _sealing?.Dispose();
    }

    private static X509Certificate2 LoadCertificate(string folder, ECDsa identity)
    {
        try
        {
            using var bare = X509Certificate2.CreateFromPem(Read(folder, CertificateFile, isPrivate: false));
            var certificate = bare.CopyWithPrivateKey(identity);
            if (!OperatingSystem.IsWindows()) return certificate;
            // Windows' TLS takes no key that is only in memory; that of a PKCS #12 it takes.
            using var inMemory = certificate;
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException or InvalidOperationException)
        {
            throw new MembershipException(folder, $"{CertificateFile} is no certificate over the key of {IdentityFile}: {wrong.Message}", wrong);
        }
    }

    private static IPrivateKey LoadSealing(string folder)
    {
        using var key = LoadPrivate(folder, SealingFile);
        var scalar = key.ExportParameters(includePrivateParameters: true).D!;
        try
        {
            return CipherSuites.P256.ImportPrivate(scalar);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    private static ECDsa LoadPrivate(string folder, string name)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(Read(folder, name, isPrivate: true));
            var parameters = key.ExportParameters(includePrivateParameters: true);
            CryptographicOperations.ZeroMemory(parameters.D);
            if (parameters.Curve.Oid.Value is not P256Oid) throw new MembershipException(folder, $"{name} is a key of another curve than P-256.");
            return key;
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new MembershipException(folder, $"{name} is no private key of P-256 in PEM: {wrong.Message}", wrong);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private const string P256Oid = "1.2.840.10045.3.1.7";

    /// <summary>The permissions are those of the file that is read, not of one that was there before.</summary>
    private static string Read(string folder, string name, bool isPrivate)
    {
        var path = Path.Combine(folder, name);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
            if (isPrivate && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
            {
                throw new MembershipException(folder, $"{name} may be read or written by others on this machine. Run: chmod 600 {path}");
            }
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new MembershipException(folder, $"{name} cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
