using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;
using TaskPlatform.Tests.Federation.Membership;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Transport;

/// <summary>The aggregator's port for members, and a plain one beside it: a real Kestrel with real TLS on loopback. Routes that tell what has arrived.</summary>
internal sealed class TransportRig : IAsyncDisposable
{
    public const int MaxBodyBytes = 1_000;
    public const string Position = "Federation-Position";

    private readonly WebApplication _app;
    private readonly MembershipFolder _folder;
    private readonly Dictionary<string, MemberKeys> _keys = [];

    private TransportRig(MembershipFolder folder, WebApplication app, FakeTimeProvider serverTime, FakeLogCollector logs)
    {
        (_folder, _app, ServerTime, Logs) = (folder, app, serverTime, logs);
    }

    public FederationFile File => _folder.File;

    public FakeTimeProvider ServerTime { get; }

    public FakeLogCollector Logs { get; }

    /// <summary>The connections on which requests have come.</summary>
    public ConcurrentDictionary<string, bool> Connections { get; } = [];

    public Uri PlainAddress => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(address => address.StartsWith("http:", StringComparison.Ordinal)));

    /// <param name="owner">Whose keys the server has; those of the file's aggregator if unset.</param>
    public static async Task<TransportRig> StartAsync(MembershipFolder? owner = null)
    {
        var folder = new MembershipFolder(MembershipFolder.Three with { Aggregator = new Uri($"https://127.0.0.1:{FreePort.Next()}") });
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddFakeLogging();
        builder.Services.AddSingleton<TimeProvider>(time);
        var (file, keys) = owner is null ? (folder.File, folder.Keys("aggregator")) : (owner.File, owner.Keys("aggregator"));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.ListenFederation(folder.File.Aggregator.Address.Port, file, keys);
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        var rig = new TransportRig(folder, app, time, app.Services.GetFakeLogCollector());
        rig._keys[""] = keys;
        rig.Map();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return rig;
    }

    private void Map()
    {
        var members = _app.MapGroup("/members").RequireFederationMember(MaxBodyBytes);
        members.MapPost("/echo", (Delegate)Echo);
        members.MapPut("/echo", (Delegate)Echo);
        members.MapPost("/other", (Delegate)Echo);
        members.MapGet("/who", (HttpContext context) => context.FederationCaller().Id);
        members.MapGet("/nothing", () => Results.NoContent());
        members.MapGet("/missing", () => Results.Problem(statusCode: 404, type: "urn:of-its-own"));
        members.MapGet("/large", () => Results.Bytes(new byte[2 * TransportLimits.MaxBodyBytes]));
        members.MapGet("/broken", string () => throw new InvalidOperationException("Broken on purpose."));
    }

    /// <summary>The body and the position come back, and who has sent them.</summary>
    private async Task<IResult> Echo(HttpContext context)
    {
        Connections[context.Connection.Id] = true;
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (context.Request.Headers[Position] is [{ } position]) context.Response.Headers[Position] = position;
        context.Response.Headers["Caller"] = context.FederationCaller().Id;
        return Results.Bytes(body.ToArray(), "text/plain");
    }

    public MemberKeys Keys(string member) => _keys.TryGetValue(member, out var keys) ? keys : _keys[member] = _folder.Keys(member);

    /// <summary>A client of the product's.</summary>
    public HttpClient Client(string member = "node1", TimeProvider? time = null) => FederationHttp.Create(File, Keys(member), File.Aggregator, time);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        foreach (var keys in _keys.Values) keys.Dispose();
        _folder.Dispose();
    }
}
