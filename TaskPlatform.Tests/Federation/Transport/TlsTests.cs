using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;
using TaskPlatform.Tests.Federation.Membership;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Transport;

/// <summary>Who gets a connection: a real Kestrel, real TLS.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private TransportRig _rig = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await TransportRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Connect_WithoutCertificate_Refused()
    {
        using var client = Bare(own: null);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/members/who", Cancelled));
    }

    /// <summary>The control: such a client with a member's certificate gets through to where a signature is asked for.</summary>
    [Fact]
    public async Task Connect_WithCertificateOfAMember_IsAskedForASignature()
    {
        using var client = Bare(_rig.Keys("node1").Certificate);

        using var response = await client.GetAsync("/members/who", Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("\"reason\":\"SignatureMissing\"", await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task Connect_WithOlderTls_Refused()
    {
        using var client = Bare(_rig.Keys("node1").Certificate, SslProtocols.Tls12);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/members/who", Cancelled));
    }

    /// <summary>Another federation's node1: the same names, other keys.</summary>
    [Fact]
    public async Task Connect_WithUnlistedCertificate_RefusedAndBothSidesTell()
    {
        using var elsewhere = new MembershipFolder();
        using var stranger = elsewhere.Keys("node1");
        using var client = FederationHttp.Create(elsewhere.File, stranger, _rig.File.Aggregator);

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.GetAsync("/members/who", Cancelled));

        Assert.Equal(TransportReason.CertificateUnlisted, refused.Reason);
        Assert.StartsWith($"'aggregator' at {_rig.File.Aggregator.Address} ended the connection: does its federation file list this member's key", refused.Message);
        Assert.Contains(_rig.Logs.GetSnapshot(), entry => entry.Message.StartsWith("A connection was refused: the certificate 'CN=node1' is over a key that no other member of federation 'dev', epoch 1, has.", StringComparison.Ordinal));
    }

    [Fact]
    public void KeyOf_CertificateOfAnotherKind_IsNone()
    {
        using var rsa = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var now = TimeProvider.System.GetUtcNow();
        using var first = new CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now, now.AddDays(1));
        using var second = new CertificateRequest("CN=a", p384, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddDays(1));

        Assert.True(PeerKey.KeyOf(first).IsEmpty);
        Assert.True(PeerKey.KeyOf(second).IsEmpty);
    }

    [Fact]
    public async Task Connect_WithExpiredCertificate_RefusedAndBothSidesTell()
    {
        _rig.ServerTime.Advance(TimeSpan.FromDays(1_000));
        using var client = _rig.Client("node2");

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.GetAsync("/members/who", Cancelled));

        Assert.Contains("within its dates", refused.Message);
        Assert.Contains(_rig.Logs.GetSnapshot(), entry => entry.Message.StartsWith("A connection of member 'node2' was refused: its certificate holds from", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_CertificateExpiresOnTheConnection_Refused()
    {
        using var client = _rig.Client();
        (await client.GetAsync("/members/who", Cancelled)).Dispose();
        _rig.ServerTime.Advance(TimeSpan.FromDays(1_000));

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.GetAsync("/members/who", Cancelled));

        // The server's clock is far ahead, so its answer is not taken either.
        Assert.StartsWith("The answer 401 of 'aggregator' is not taken: CreatedInFuture.", refused.Message);
        Assert.Contains(_rig.Logs.GetSnapshot(), entry => entry.Message.Contains("CertificateExpired", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connect_ToAServerWithAnotherKey_NothingIsSent()
    {
        using var elsewhere = new MembershipFolder();
        await using var impostor = await TransportRig.StartAsync(owner: elsewhere);
        using var client = impostor.Client();

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.GetAsync("/members/who", Cancelled));

        Assert.Equal(TransportReason.CertificateUnlisted, refused.Reason);
        Assert.EndsWith("has shown 'CN=aggregator', over another key than the federation file lists for 'aggregator'.", refused.Message);
        Assert.Empty(impostor.Connections);
    }

    [Fact]
    public async Task Connect_ToAServerWithExpiredCertificate_Refused()
    {
        using var client = _rig.Client(time: new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(1_000)));

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.GetAsync("/members/who", Cancelled));

        Assert.Equal(TransportReason.CertificateExpired, refused.Reason);
    }

    [Fact]
    public async Task Connect_NobodyThere_IsNoMatterOfTrust()
    {
        using var client = FederationHttp.Create(_rig.File, _rig.Keys("node1"), _rig.File.Aggregator with { Address = new Uri($"https://127.0.0.1:{FreePort.Next()}") });

        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/members/who", Cancelled));

        Assert.Equal(HttpRequestError.ConnectionError, failed.HttpRequestError);
    }

    [Fact]
    public void Listen_WithExpiredCertificate_RefusedAtTheStart()
    {
        using var folder = new MembershipFolder(MembershipFolder.Three with { ValidFrom = TimeProvider.System.GetUtcNow().AddDays(-9), Validity = TimeSpan.FromDays(8) });
        using var keys = folder.Keys("node1");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ListenFederation(0, folder.File, keys));


        var refused = Assert.Throws<MembershipException>(builder.Build);

        Assert.Contains("make a new one over the same key", refused.Message);
    }

    /// <summary>Services whose addresses stand in <c>urls</c> keep them: one of them becomes a port for members.</summary>
    [Fact]
    public async Task UseFederation_OnOneOfTheUrls_LeavesTheOthersPlain()
    {
        var (plain, members) = (FreePort.Next(), FreePort.Next());
        using var folder = new MembershipFolder(MembershipFolder.Three with { Aggregator = new Uri($"https://127.0.0.1:{members}") });
        using var keys = folder.Keys("aggregator");
        using var node = folder.Keys("node1");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{plain}", $"https://127.0.0.1:{members}");
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(address =>
        {
            if (address.IPEndPoint?.Port == members) address.UseFederation(folder.File, keys);
        }));
        await using var app = builder.Build();
        app.MapGet("/who", (HttpContext context) => context.FederationCaller().Id).RequireFederationMember();
        app.MapGet("/plain", () => "plain");
        await app.StartAsync(Cancelled);
        using var anybody = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{plain}") };
        using var client = FederationHttp.Create(folder.File, node, folder.File.Aggregator);

        Assert.Equal("plain", await anybody.GetStringAsync("/plain", Cancelled));
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync("/who", Cancelled)).StatusCode);
        Assert.Equal("node1", await client.GetStringAsync("/who", Cancelled));
    }

    /// <summary>Not the product's client: trusts any server, and signs nothing.</summary>
    private HttpClient Bare(X509Certificate2? own, SslProtocols protocols = SslProtocols.Tls13) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = protocols,
            ClientCertificates = own is null ? null : [own],
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        },
    }) { BaseAddress = _rig.File.Aggregator.Address };
}
