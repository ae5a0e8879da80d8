using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Tests.Federation.Transport;

/// <summary>A request that is signed rightly is taken. Whatever is changed about it, the server refuses it and says why; the endpoint never sees it.</summary>
public sealed class RequestTamperingTests : IAsyncLifetime
{
    private TransportRig _rig = null!;
    private HttpMessageInvoker _connection = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rig = await TransportRig.StartAsync();
        _connection = Connect("node1");
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _rig.DisposeAsync();
    }

    public static TheoryData<string, TransportReason, Action<SignedRequest>> AfterSigning => new()
    {
        { "method", TransportReason.SignatureWrong, request => request.Message.Method = HttpMethod.Put },
        { "path", TransportReason.SignatureWrong, request => request.Message.RequestUri = new Uri(request.Message.RequestUri!, "/members/other?a=1") },
        { "query", TransportReason.SignatureWrong, request => request.Message.RequestUri = new Uri(request.Message.RequestUri!, "/members/echo?a=2") },
        { "host", TransportReason.WrongTarget, request => request.Message.Headers.Host = "node2.example" },
        { "body", TransportReason.DigestMismatch, request => request.Replace([1]) },
        { "no body", TransportReason.ComponentUnknown, request => request.Message.Content = null },
        { "body and digest", TransportReason.SignatureWrong, request => { request.Replace([1]); request.Set("Content-Digest", ContentDigest.Of([1])); } },
        { "no digest", TransportReason.DigestMalformed, request => request.Set("Content-Digest") },
        { "another digest", TransportReason.DigestMalformed, request => request.Set("Content-Digest", ContentDigest.Of(SignedRequest.Body).Replace("256", "512", StringComparison.Ordinal)) },
        { "two digests", TransportReason.DigestMalformed, request => request.Set("Content-Digest", ContentDigest.Of(SignedRequest.Body), ContentDigest.Of(SignedRequest.Body)) },
        { "content type", TransportReason.SignatureWrong, request => request.Replace(SignedRequest.Body, "text/html") },
        { "no content type", TransportReason.ComponentUnknown, request => request.Message.Content!.Headers.ContentType = null },
        { "position", TransportReason.SignatureWrong, request => request.Set(TransportRig.Position, "7.2") },
        { "two positions", TransportReason.SignatureWrong, request => request.Set(TransportRig.Position, "7.1", "7.2") },
        { "no position", TransportReason.ComponentUnknown, request => request.Set(TransportRig.Position) },
        { "another header of the protocol", TransportReason.ComponentMissing, request => request.Set("Federation-Other", "1") },
        { "no signature", TransportReason.SignatureMissing, request => request.Set("Signature") },
        { "no input", TransportReason.SignatureMissing, request => request.Set("Signature-Input") },
        { "unreadable input", TransportReason.SignatureMalformed, request => request.Set("Signature-Input", "sig=?1") },
        { "long input", TransportReason.SignatureMalformed, request => request.Set("Signature-Input", request.Input.Replace("(", "(" + new string(' ', TransportLimits.MaxFieldLength), StringComparison.Ordinal)) },
        { "two inputs", TransportReason.SeveralSignatures, request => request.Set("Signature-Input", $"{request.Input}, b={request.Input[4..]}") },
        { "two lines of inputs", TransportReason.SeveralSignatures, request => request.Set("Signature-Input", request.Input, request.Input) },
        { "two signatures", TransportReason.SeveralSignatures, request => request.Set("Signature", $"{request.Signature}, b={request.Signature[4..]}") },
        { "two lines of signatures", TransportReason.SeveralSignatures, request => request.Set("Signature", request.Signature, request.Signature) },
        { "signature of another label", TransportReason.SignatureMalformed, request => request.Set("Signature", $"b={request.Signature[4..]}") },
        { "cut signature", TransportReason.SignatureMalformed, request => request.Set("Signature", "sig=:AAAA:") },
        { "another signature", TransportReason.SignatureWrong, request => request.Set("Signature", $"sig=:{Convert.ToBase64String(new byte[64])}:") },
        { "later end", TransportReason.SignatureWrong, request => request.Set("Signature-Input", ShiftEnd(request.Input, -1)) },
        { "another nonce", TransportReason.SignatureWrong, request => request.Set("Signature-Input", request.Input.Replace("nonce=\"", "nonce=\"AAAA", StringComparison.Ordinal).Remove(request.Input.IndexOf("nonce=\"", StringComparison.Ordinal) + 11, 4)) },
    };

    public static TheoryData<string, TransportReason, Action<SignedRequest>> SignedSo => new()
    {
        { "method not covered", TransportReason.ComponentMissing, request => request.Resign("\"@method\" ", "") },
        { "target not covered", TransportReason.ComponentMissing, request => request.Resign("\"@target-uri\" ", "") },
        { "digest not covered", TransportReason.ComponentMissing, request => request.Resign("\"content-digest\" ", "") },
        { "content type not covered", TransportReason.ComponentMissing, request => request.Resign("\"content-type\" ", "") },
        { "position not covered", TransportReason.ComponentMissing, request => request.Resign(" \"federation-position\"", "") },
        { "more covered", TransportReason.ComponentUnknown, request => { request.Set("X", "1"); request.Resign("\"@method\"", "\"@method\" \"x\""); } },
        { "no created", TransportReason.ParameterMissing, request => request.Resign(Parameter(request, "created"), "") },
        { "no expires", TransportReason.ParameterMissing, request => request.Resign(Parameter(request, "expires"), "") },
        { "no nonce", TransportReason.ParameterMissing, request => request.Resign(Parameter(request, "nonce"), "") },
        { "no alg", TransportReason.ParameterMissing, request => request.Resign(Parameter(request, "alg"), "") },
        { "no keyid", TransportReason.ParameterMissing, request => request.Resign(Parameter(request, "keyid"), "") },
        { "no tag", TransportReason.ParameterMissing, request => request.Resign(Parameter(request, "tag"), "") },
        { "short nonce", TransportReason.NonceMalformed, request => request.Resign(Parameter(request, "nonce"), ";nonce=\"AAAA\"") },
        { "another algorithm", TransportReason.WrongAlgorithm, request => request.Resign("ecdsa-p256-sha256", "ecdsa-p384-sha384") },
        { "another tag", TransportReason.WrongTag, request => request.Resign(TransportLimits.Tag, "something-else") },
        { "another member", TransportReason.OtherMember, request => request.Resign("node1", "node2") },
        { "unknown member", TransportReason.OtherMember, request => request.Resign("node1", "nobody") },
        { "good for 61 s", TransportReason.ValidTooLong, request => request.Resign(Parameter(request, "expires"), Parameter(ShiftEnd(request.Input, 1), "expires")) },
        { "good for no time", TransportReason.ValidTooLong, request => request.Resign(Parameter(request, "expires"), Parameter(ShiftEnd(request.Input, -60), "expires")) },
    };

    [Fact]
    public async Task Send_Unchanged_IsTaken()
    {
        using var response = await SendAsync(Signed());

        Assert.Equal((HttpStatusCode.OK, "node1"), (response.StatusCode, response.Headers.GetValues("Caller").Single()));
    }

    [Theory]
    [MemberData(nameof(AfterSigning))]
    public Task Send_ChangedAfterSigning_Refused(string what, TransportReason reason, Action<SignedRequest> change) => RefusedAsync(what, reason, change);

    [Theory]
    [MemberData(nameof(SignedSo))]
    public Task Send_SignedOtherwise_Refused(string what, TransportReason reason, Action<SignedRequest> change) => RefusedAsync(what, reason, change);

    [Fact]
    public async Task Send_Twice_RefusedTheSecondTime()
    {
        var (first, again) = (Signed(), Signed());
        again.Set("Signature-Input", first.Input);
        again.Set("Signature", first.Signature);
        (await SendAsync(first)).Dispose();

        using var response = await SendAsync(again);

        Assert.Equal(TransportReason.NonceReused, await ReasonAsync(response));
    }

    /// <summary>A stranger's nonces are not remembered: nobody can use up those of another, or say one before it.</summary>
    [Fact]
    public async Task Send_NonceThatWasRefusedBefore_IsTaken()
    {
        var (spoilt, right) = (Signed(), Signed());
        spoilt.Set("Signature-Input", right.Input);
        (await SendAsync(spoilt)).Dispose();

        using var response = await SendAsync(right);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(31, TransportReason.CreatedInFuture)]
    [InlineData(30, null)]
    [InlineData(-90, null)]
    [InlineData(-91, TransportReason.Expired)]
    public async Task Send_ClocksDiffer_TakenWithinTheTolerance(int seconds, object? reason)
    {
        // On whole seconds, as signatures are.
        _rig.ServerTime.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds(_rig.ServerTime.GetUtcNow().ToUnixTimeSeconds() + 1));

        using var response = await SendAsync(Signed(time: new FakeTimeProvider(_rig.ServerTime.GetUtcNow().AddSeconds(seconds))));

        Assert.Equal((TransportReason?)reason, await ReasonAsync(response));
    }

    [Fact]
    public async Task Send_SignedWithTheKeyOfAnotherMember_Refused()
    {
        var request = Signed();
        request.Resign(request.Input, _rig.Keys("node2").Identity);

        using var response = await SendAsync(request);

        Assert.Equal(TransportReason.SignatureWrong, await ReasonAsync(response));
    }

    [Fact]
    public async Task Send_OverTheConnectionOfAnotherMember_Refused()
    {
        using var connection = Connect("node2");

        using var response = await connection.SendAsync(Signed().Message, Cancelled);

        Assert.Equal(TransportReason.OtherMember, await ReasonAsync(response));
    }

    [Fact]
    public async Task Send_Refused_TheLogTells()
    {
        (await SendAsync(Spoilt())).Dispose();

        Assert.Contains(_rig.Logs.GetSnapshot(), entry => entry.Message.StartsWith("POST /members/echo of member 'node1' was refused: DigestMismatch.", StringComparison.Ordinal));
    }

    private async Task RefusedAsync(string what, TransportReason reason, Action<SignedRequest> change)
    {
        var request = Signed();
        change(request);

        using var response = await SendAsync(request);

        Assert.Equal((what, reason), (what, await ReasonAsync(response)));
        Assert.Empty(_rig.Connections);
    }

    private SignedRequest Signed(TimeProvider? time = null) =>
        new(new Uri(_rig.File.Aggregator.Address, "/members/echo?a=1"), "node1", _rig.Keys("node1").Identity, time ?? _rig.ServerTime);

    private SignedRequest Spoilt()
    {
        var request = Signed();
        request.Replace([1]);
        return request;
    }

    /// <summary>As the product connects, but nothing signs or checks.</summary>
    private HttpMessageInvoker Connect(string member) => new(PinnedConnections.To(new PeerKey(_rig.File.Aggregator), _rig.Keys(member).Certificate, TimeProvider.System));

    private Task<HttpResponseMessage> SendAsync(SignedRequest request) => _connection.SendAsync(request.Message, Cancelled);

    /// <summary>Null for an answer of the endpoint.</summary>
    private static async Task<TransportReason?> ReasonAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode) return null;
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(Cancelled), TransportProblemContext.Default.TransportProblem)!.Reason;
    }

    private static string Parameter(SignedRequest request, string name) => Parameter(request.Input, name);

    private static string Parameter(string input, string name)
    {
        var start = input.IndexOf($";{name}=", StringComparison.Ordinal);
        var end = input.IndexOf(';', start + 1);
        return end < 0 ? input[start..] : input[start..end];
    }

    private static string ShiftEnd(string input, int seconds)
    {
        var old = Parameter(input, "expires");
        var end = long.Parse(old.AsSpan(";expires=".Length), System.Globalization.CultureInfo.InvariantCulture);
        return input.Replace(old, $";expires={end + seconds}", StringComparison.Ordinal);
    }
}
