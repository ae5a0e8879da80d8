using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Federation.Protocol.Suites;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Tests.Federation.Transport;

/// <summary>Whatever is changed about an answer on its way, the client does not take it and says why.</summary>
public sealed class ResponseTamperingTests : IAsyncLifetime
{
    private TransportRig _rig = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await TransportRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    public static TheoryData<string, TransportReason, Action<HttpResponseMessage>> AfterSigning => new()
    {
        { "status", TransportReason.SignatureWrong, answer => answer.StatusCode = HttpStatusCode.Accepted },
        { "body", TransportReason.DigestMismatch, answer => Replace(answer, "other") },
        { "no body", TransportReason.ComponentUnknown, answer => answer.Content = null },
        { "body and digest", TransportReason.SignatureWrong, answer => { Replace(answer, "other"); Set(answer, "Content-Digest", ContentDigest.Of("other"u8)); } },
        { "no digest", TransportReason.DigestMalformed, answer => Set(answer, "Content-Digest") },
        { "content type", TransportReason.SignatureWrong, answer => answer.Content.Headers.ContentType = new("text/html") },
        { "no content type", TransportReason.ComponentUnknown, answer => answer.Content.Headers.ContentType = null },
        { "position", TransportReason.SignatureWrong, answer => Set(answer, TransportRig.Position, "9.9") },
        { "no position", TransportReason.ComponentUnknown, answer => Set(answer, TransportRig.Position) },
        { "another header of the protocol", TransportReason.ComponentMissing, answer => Set(answer, "Federation-Other", "1") },
        { "no signature", TransportReason.SignatureMissing, answer => Set(answer, "Signature") },
        { "no input", TransportReason.SignatureMissing, answer => Set(answer, "Signature-Input") },
        { "two signatures", TransportReason.SeveralSignatures, answer => Set(answer, "Signature", Get(answer, "Signature"), Get(answer, "Signature")) },
        { "two inputs", TransportReason.SeveralSignatures, answer => Set(answer, "Signature-Input", Get(answer, "Signature-Input"), Get(answer, "Signature-Input")) },
        { "another signature", TransportReason.SignatureWrong, answer => Set(answer, "Signature", $"sig=:{Convert.ToBase64String(new byte[64])}:") },
        { "another member", TransportReason.OtherMember, answer => Set(answer, "Signature-Input", Get(answer, "Signature-Input").Replace("\"aggregator\"", "\"node1\"", StringComparison.Ordinal)) },
        { "another tag", TransportReason.WrongTag, answer => Set(answer, "Signature-Input", Get(answer, "Signature-Input").Replace(TransportLimits.Tag, "other", StringComparison.Ordinal)) },
        { "not tied to the request", TransportReason.ComponentMissing, answer => Set(answer, "Signature-Input", Get(answer, "Signature-Input").Replace(" \"signature\";req", "", StringComparison.Ordinal)) },
        { "no status covered", TransportReason.ComponentMissing, answer => Set(answer, "Signature-Input", Get(answer, "Signature-Input").Replace("\"@status\" ", "", StringComparison.Ordinal)) },
    };

    [Theory]
    [MemberData(nameof(AfterSigning))]
    public async Task Receive_ChangedOnItsWay_NotTaken(string what, TransportReason reason, Action<HttpResponseMessage> change)
    {
        using var client = Client(change);

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.SendAsync(Request(), Cancelled));

        Assert.Equal((what, reason), (what, refused.Reason));
        Assert.Contains("'aggregator'", refused.Message);
    }

    [Fact]
    public async Task Receive_Unchanged_IsTaken()
    {
        using var client = Client(_ => { });

        using var answer = await client.SendAsync(Request(), Cancelled);

        Assert.Equal("body", await answer.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task Receive_SignedByAnotherMember_NotTaken()
    {
        using var client = Client(answer => Resign(answer, _rig.Keys("node2").Identity));

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.SendAsync(Request(), Cancelled));

        Assert.Equal(TransportReason.SignatureWrong, refused.Reason);
    }

    /// <summary>The control of the one above: what it signs is what is checked.</summary>
    [Fact]
    public async Task Receive_SignedAgainByTheMember_IsTaken()
    {
        using var client = Client(answer => Resign(answer, _rig.Keys("aggregator").Identity));

        using var answer = await client.SendAsync(Request(), Cancelled);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Receive_AnswerToAnotherRequest_NotTaken()
    {
        (string Input, string Signature)? earlier = null;
        using var client = Client(answer =>
        {
            if (earlier is { } kept)
            {
                Set(answer, "Signature-Input", kept.Input);
                Set(answer, "Signature", kept.Signature);
            }
            earlier = (Get(answer, "Signature-Input"), Get(answer, "Signature"));
        });
        (await client.SendAsync(Request(), Cancelled)).Dispose();

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.SendAsync(Request(), Cancelled));

        Assert.Equal(TransportReason.SignatureWrong, refused.Reason);
    }

    [Theory]
    [InlineData(-31, TransportReason.CreatedInFuture)]
    [InlineData(91, TransportReason.Expired)]
    public async Task Receive_OutsideItsTime_NotTaken(int seconds, TransportReason reason)
    {
        // The request is made in time: its clock is the server's until it is sent.
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(_rig.ServerTime.GetUtcNow().ToUnixTimeSeconds())) { AutoAdvanceAmount = TimeSpan.Zero };
        _rig.ServerTime.SetUtcNow(time.GetUtcNow().AddSeconds(1));
        using var client = Client(_ => time.AdjustTime(_rig.ServerTime.GetUtcNow().AddSeconds(seconds)), time);

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.SendAsync(Request(), Cancelled));

        Assert.Equal(reason, refused.Reason);
    }

    private static HttpRequestMessage Request() => new(HttpMethod.Post, "/members/echo") { Content = new StringContent("body", Encoding.ASCII), Headers = { { TransportRig.Position, "1.1" } } };

    /// <summary>The product's client, and something on the way to it that changes the answer.</summary>
    private HttpClient Client(Action<HttpResponseMessage> change, TimeProvider? time = null)
    {
        var (peer, keys) = (new PeerKey(_rig.File.Aggregator), _rig.Keys("node1"));
        var onTheWay = new OnTheWay(change) { InnerHandler = PinnedConnections.To(peer, keys.Certificate, TimeProvider.System) };
        var signer = new MessageSigner("node1", keys.Identity, time ?? TimeProvider.System);
        return new HttpClient(new SigningHandler(signer, peer, time ?? TimeProvider.System, TransportLimits.MaxBodyBytes, onTheWay)) { BaseAddress = _rig.File.Aggregator.Address };
    }

    private static void Resign(HttpResponseMessage answer, IdentityKey key)
    {
        var message = new IncomingResponse(answer, answer.RequestMessage!.Headers.GetValues("Signature").Single(), Encoding.ASCII.GetBytes("body"));
        var input = SignatureInput.Parse(Get(answer, "Signature-Input"), out _)!;
        var bytes = SignatureBase.Build(input.Components, input.Parameters, message, out _)!;
        Set(answer, "Signature", $"sig=:{Convert.ToBase64String(key.Sign(bytes))}:");
    }

    private static void Replace(HttpResponseMessage answer, string body) => answer.Content = new StringContent(body, Encoding.ASCII, answer.Content.Headers.ContentType!);

    private static string Get(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    private static void Set(HttpResponseMessage answer, string name, params string[] values)
    {
        answer.Headers.Remove(name);
        if (values.Length > 0) answer.Headers.TryAddWithoutValidation(name, values);
    }

    private sealed class OnTheWay(Action<HttpResponseMessage> change) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            change(answer);
            return answer;
        }
    }
}
