using System.Net;
using System.Net.Http.Json;
using System.Text;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Tests.Federation.Transport;

/// <summary>Members call each other: both ends of the product, over TLS.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private TransportRig _rig = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await TransportRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Send_BodyAndHeader_ComeBackWithTheCallersName()
    {
        using var client = _rig.Client("node2");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/members/echo?a=%20b&c=d") { Content = new ByteArrayContent([0, 1, 255]), Headers = { { TransportRig.Position, "12.3" } } };

        using var response = await client.SendAsync(request, Cancelled);

        Assert.Equal([0, 1, 255], await response.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal(("text/plain", "12.3", "node2"), (response.Content.Headers.ContentType!.MediaType, Only(response, TransportRig.Position), Only(response, "Caller")));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Send_EachVersionOfHttp_Works(string version)
    {
        using var client = _rig.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/members/who") { Version = new Version(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await client.SendAsync(request, Cancelled);

        Assert.Equal(("node1", new Version(version)), (await response.Content.ReadAsStringAsync(Cancelled), response.Version));
    }

    [Fact]
    public async Task Send_AnswerWithoutBody_IsTaken()
    {
        using var client = _rig.Client();

        Assert.Equal(HttpStatusCode.NoContent, (await client.GetAsync("/members/nothing", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Send_ProblemOfTheEndpoint_IsTheCallersToRead()
    {
        using var client = _rig.Client();

        var response = await client.GetAsync("/members/missing", Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("urn:of-its-own", await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task Send_ChunkedBody_IsTaken()
    {
        using var client = _rig.Client();
        using var content = JsonContent.Create("some text");

        using var response = await client.PostAsync("/members/echo", content, Cancelled);

        Assert.Equal("\"some text\"", await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task Send_ManyAtOnce_AllAreTaken()
    {
        using var client = _rig.Client();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async n =>
        {
            using var response = await client.PostAsync("/members/echo", new StringContent($"{n}"), Cancelled);
            return await response.Content.ReadAsStringAsync(Cancelled);
        }));

        Assert.Equal(Enumerable.Range(0, 200).Select(n => $"{n}"), answers);
    }

    [Fact]
    public async Task Send_OneAfterTheOther_KeepsTheConnection()
    {
        using var client = _rig.Client();

        for (var n = 0; n < 20; n++) (await client.PostAsync("/members/echo", new StringContent("x"), Cancelled)).Dispose();

        Assert.Single(_rig.Connections);
    }

    [Fact]
    public async Task Send_LargerThanTheRouteTakes_RefusedByName()
    {
        using var client = _rig.Client();

        var refused = await Assert.ThrowsAsync<FederationTransportException>(
            () => client.PostAsync("/members/echo", new ByteArrayContent(new byte[TransportRig.MaxBodyBytes + 1]), Cancelled));

        Assert.Equal("'aggregator' did not take the request: BodyTooLarge. At most 1000 bytes are read here.", refused.Message);
        using var largest = await client.PostAsync("/members/echo", new ByteArrayContent(new byte[TransportRig.MaxBodyBytes]), Cancelled);
        Assert.Equal(TransportRig.MaxBodyBytes, largest.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Send_ChunkedLargerThanTheRouteTakes_RefusedByName()
    {
        using var client = _rig.Client();
        using var content = JsonContent.Create(new string('x', 2 * TransportRig.MaxBodyBytes));

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.PostAsync("/members/echo", content, Cancelled));

        Assert.Contains("BodyTooLarge", refused.Message);
    }

    [Fact]
    public async Task Send_AnswerTooLarge_NotTaken()
    {
        using var client = _rig.Client();

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.GetAsync("/members/large", Cancelled));

        Assert.Equal(TransportReason.BodyTooLarge, refused.Reason);
    }

    [Fact]
    public async Task Send_EndpointThrows_TheAnswerIsNotTaken()
    {
        using var client = _rig.Client();

        var refused = await Assert.ThrowsAsync<FederationTransportException>(() => client.GetAsync("/members/broken", Cancelled));

        Assert.StartsWith("The answer 500 of 'aggregator' is not taken: SignatureMissing.", refused.Message);
    }

    [Fact]
    public async Task Send_ToAnotherMember_IsNotSent()
    {
        using var client = _rig.Client();

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync(new Uri(_rig.File.Nodes[1].Address, "/members/who"), Cancelled));
    }

    [Fact]
    public async Task Send_HeaderBeyondAscii_IsNotSent()
    {
        using var client = _rig.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/members/who");
        request.Headers.TryAddWithoutValidation(TransportRig.Position, "ä");

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(request, Cancelled));
    }

    [Fact]
    public async Task Call_OnThePlainPort_FindsNothing()
    {
        using var client = new HttpClient { BaseAddress = _rig.PlainAddress };

        using var response = await client.PostAsync("/members/echo", new StringContent("x", Encoding.UTF8), Cancelled);

        Assert.Equal((HttpStatusCode.NotFound, ""), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled)));
    }

    private static string Only(HttpResponseMessage response, string header) => Assert.Single(response.Headers.GetValues(header));
}
