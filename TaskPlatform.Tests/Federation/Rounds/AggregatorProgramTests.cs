using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using TaskPlatform.Client.Wire;
using TaskPlatform.Federation;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>The aggregator's own program.</summary>
public sealed class AggregatorProgramTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_SwitchedOn_ServesNodesOnTheirPortAndFiguresOnTheOther()
    {
        using var lab = new RoundLab(nodes: 3, sigma: 12, periodSeconds: 0.2);
        await using var aggregator = new Aggregator(
            ("Federation:Enabled", "true"), ("Federation:File", MembershipFiles.FileOf(lab.Folder, "aggregator")), ("Federation:Keys", MembershipFiles.KeysOf(lab.Folder, "aggregator")),
            ("Federation:PeerPort", $"{lab.File.Aggregator.Address.Port}"));
        await using var nodes = RoundServiceTests.Start(lab, lab.Lanes(seed: 1), [0, 1, 2], lab.Terms);
        using var client = aggregator.Plain();

        using var answer = await client.GetAsync("/v1/federation?after=0", Token);
        using var health = await client.GetAsync("/health", Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (answer.StatusCode, health.StatusCode));
        Assert.Contains("\"privacy\":{\"epsilon\":1,\"delta\":1E-06,\"sigma\":", await answer.Content.ReadAsStringAsync(Token), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Start_NotSwitchedOn_TellsNothing()
    {
        await using var aggregator = new Aggregator();
        using var client = aggregator.CreateClient();

        using var answer = await client.GetAsync("/v1/federation", Token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("federation-disabled", (await answer.Content.ReadFromJsonAsync(WireJson.Default.Problem, Token))!.Name);
    }

    [Theory]
    [InlineData("Federation:File")]
    [InlineData("Federation:Keys")]
    public void Start_WithoutFileOrKeys_IsRefused(string missing)
    {
        using var lab = new RoundLab(nodes: 3, sigma: 12);
        (string Key, string Value)[] settings =
        [
            ("Federation:Enabled", "true"), ("Federation:File", MembershipFiles.FileOf(lab.Folder, "aggregator")), ("Federation:Keys", MembershipFiles.KeysOf(lab.Folder, "aggregator")),
        ];

        var refused = Assert.ThrowsAny<Exception>(() => new Aggregator([.. settings.Where(setting => setting.Key != missing)]));

        Assert.Contains(missing, refused.Message, StringComparison.Ordinal);
    }

    private sealed class Aggregator : WebApplicationFactory<FederationOptions>
    {
        private readonly (string Key, string Value)[] _settings;

        public Aggregator(params (string Key, string Value)[] settings)
        {
            _settings = settings;
            UseKestrel();
            StartServer();
        }

        /// <summary>To the port for everybody; the factory's own client takes the last address, which is the members'.</summary>
        public HttpClient Plain() => new()
        {
            BaseAddress = new Uri(Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single(address => address.StartsWith("http:", StringComparison.Ordinal))),
        };

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            // By setting, for the factory's own way to choose a port changes it on a server that may already have started.
            builder.UseSetting("urls", "http://127.0.0.1:0");
            foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        }
    }
}
