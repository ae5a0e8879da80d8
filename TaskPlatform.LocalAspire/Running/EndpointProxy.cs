using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>
/// The one address that others know of a resource, in front of its processes: requests go to those that run, in turn. A restarted process
/// keeps its address, and streams, long polls and bodies of any size pass as they are.
/// </summary>
internal sealed class EndpointProxy(IReadOnlyList<Instance> instances) : IAsyncDisposable
{
    // No limit of its own: a stream of events may be silent for as long as nothing happens.
    private static readonly ForwarderRequestConfig Unhurried = new() { ActivityTimeout = TimeSpan.FromDays(1) };

    private static readonly ForwarderRequestConfig UnhurriedHttp2 = Unhurried with { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    private readonly ILookup<int, Route> _routes = instances
        .SelectMany(
            instance => instance.Endpoints.Where(endpoint => endpoint.HasOwnAddress),
            (instance, endpoint) => (At: endpoint.AllocatedPort!.Value, To: new Route(instance, instance.Port(endpoint), endpoint.Transport == "http2")))
        .ToLookup(route => route.At, route => route.To);

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null, // a trace goes from the caller to the resource; the proxy is no part of it
        ConnectTimeout = TimeSpan.FromSeconds(5),
    });

    private readonly record struct Route(Instance Instance, int Port, bool IsHttp2);

    private WebApplication? _server;
    private int _turn;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_routes.Count == 0) return;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddReverseProxy();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            foreach (var route in _routes) kestrel.ListenLocalhost(route.Key, address => address.Protocols = route.First().IsHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        });
        _server = builder.Build();
        var forwarder = _server.Services.GetRequiredService<IHttpForwarder>();
        // The process sees the address that the caller used, so that links it makes lead back through the proxy, and no header more.
        var sameHost = _server.Services.GetRequiredService<ITransformBuilder>()
            .Create(transforms => transforms.AddOriginalHost().UseDefaultForwarders = false);
        _server.Run(context => ForwardAsync(forwarder, sameHost, context));
        await _server.StartAsync(cancellationToken); // started, not run: it answers until the processes have ended, even after Ctrl+C
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            // Streams that are still open belong to processes that have ended: nothing to wait for.
            await _server.StopAsync(new CancellationToken(canceled: true));
            await _server.DisposeAsync();
        }
        _client.Dispose();
    }

    private async Task ForwardAsync(IHttpForwarder forwarder, HttpTransformer sameHost, HttpContext context)
    {
        var all = _routes[context.Connection.LocalPort];
        var running = all.Where(route => route.Instance.IsRunning).ToList();
        if (running.Count > 0)
        {
            var route = running[(Interlocked.Increment(ref _turn) & int.MaxValue) % running.Count];
            var error = await forwarder.SendAsync(context, $"http://localhost:{route.Port}", _client, route.IsHttp2 ? UnhurriedHttp2 : Unhurried, sameHost);
            if (error is ForwarderError.None or ForwarderError.RequestCanceled || context.Response.HasStarted) return;
        }
        // 503, because whoever repeats refused requests should repeat this one: the process may be back soon.
        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        await context.Response.WriteAsync($"'{all.First().Instance.Resource.Name}' is not running.\n");
    }
}
