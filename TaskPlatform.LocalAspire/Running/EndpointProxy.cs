using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>
/// The one address that others know of a resource, in front of its processes: requests go to those that run, in turn. A restarted process
/// keeps its address, and streams, long polls and bodies of any size pass as they are.
/// </summary>
internal sealed class EndpointProxy(IReadOnlyList<Instance> instances) : IAsyncDisposable
{
    // No limit of its own: a stream of events may be silent for as long as nothing happens.
    private static readonly ForwarderRequestConfig Unhurried = new() { ActivityTimeout = TimeSpan.FromDays(1) };

    private readonly Dictionary<int, List<(Instance Instance, int Port)>> _routes = instances
        .SelectMany(instance => instance.Endpoints.Where(endpoint => endpoint is { IsHttp: true, IsProxied: true }),
            (instance, endpoint) => (Public: endpoint.AllocatedPort!.Value, Instance: instance, Port: instance.Port(endpoint)))
        .GroupBy(route => route.Public).ToDictionary(group => group.Key, group => group.Select(route => (route.Instance, route.Port)).ToList());

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null, // a trace goes from the caller to the resource; the proxy is no part of it
        ConnectTimeout = TimeSpan.FromSeconds(5),
    });

    private WebApplication? _server;
    private int _turn;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_routes.Count == 0) return;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder().AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            foreach (var port in _routes.Keys) kestrel.ListenLocalhost(port);
        });
        _server = builder.Build();
        var forwarder = _server.Services.GetRequiredService<IHttpForwarder>();
        _server.Run(context => ForwardAsync(forwarder, context));
        await _server.StartAsync(cancellationToken);
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

    private async Task ForwardAsync(IHttpForwarder forwarder, HttpContext context)
    {
        var targets = _routes[context.Connection.LocalPort].Where(route => route.Instance.IsRunning).ToList();
        if (targets.Count == 0)
        {
            await RefuseAsync(context);
            return;
        }
        var (_, port) = targets[(Interlocked.Increment(ref _turn) & int.MaxValue) % targets.Count];
        var error = await forwarder.SendAsync(context, $"http://localhost:{port}", _client, Unhurried, SameHost.Instance);
        if (error is not (ForwarderError.None or ForwarderError.RequestCanceled) && !context.Response.HasStarted) await RefuseAsync(context);
    }

    // 503, because whoever repeats refused requests should repeat this one: the process may be back soon.
    private Task RefuseAsync(HttpContext context)
    {
        var name = _routes[context.Connection.LocalPort][0].Instance.Resource.Name;
        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        return context.Response.WriteAsync($"'{name}' is not running.\n");
    }

    /// <summary>The process sees the address that the caller used, so that links it makes lead back through the proxy.</summary>
    private sealed class SameHost : HttpTransformer
    {
        public static SameHost Instance { get; } = new();

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        }
    }

    /// <summary>The proxy ends when the stack says so: after the processes, not with the first Ctrl+C.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
