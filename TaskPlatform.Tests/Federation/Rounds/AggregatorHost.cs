using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskPlatform.Client.Federation;
using TaskPlatform.Federation.Protocol.Transport;
using TaskPlatform.Federation.Rounds;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>The aggregator's rounds on a real server, as its program maps them.</summary>
internal sealed class AggregatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _plain;

    private AggregatorHost(WebApplication app, Uri plain) => (_app, _plain) = (app, new HttpClient { BaseAddress = plain });

    /// <summary>Plain, as an operator calls it.</summary>
    public HttpClient Plain => _plain;

    /// <summary>The next figures of a round behind another.</summary>
    public async Task<FederationReport> NextAsync(long after = 0) =>
        (await _app.Services.GetRequiredService<ReleasedFigures>().NextAsync(after, TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken))!;

    /// <summary>The first figures of so many nodes.</summary>
    public async Task<FederationReport> NextOfAsync(int nodes, long after = 0)
    {
        while (true)
        {
            var report = await NextAsync(after);
            if (report.Nodes == nodes) return report;
            after = report.Round;
        }
    }

    public static async Task<AggregatorHost> StartAsync(RoundLab lab, RequestDelegate? seesFirst = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.ListenFederation(lab.File.Aggregator.Address.Port, lab.File, lab.AggregatorKeys);
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(lab.Terms);
        builder.Services.AddSingleton(lab.File.Schema);
        builder.Services.AddSingleton(lab.Times);
        builder.Services.AddRounds();
        var app = builder.Build();
        if (seesFirst is not null) app.Use(next => async context => { await seesFirst(context); await next(context); });
        app.MapRounds();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AggregatorHost(app, new Uri(app.Urls.First(url => url.StartsWith("http:", StringComparison.Ordinal))));
    }

    public async ValueTask DisposeAsync()
    {
        _plain.Dispose();
        await _app.DisposeAsync();
    }
}
