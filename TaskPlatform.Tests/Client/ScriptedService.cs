using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TaskPlatform.Tests.Client;

/// <summary>A request as it came over the wire.</summary>
internal sealed record Call(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body,
    CancellationToken Aborted)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>An answer as it goes over the wire.</summary>
internal sealed record Reply(int Status, string? Json = null, params (string Name, string Value)[] Headers)
{
    /// <summary>The connection breaks and no answer comes.</summary>
    public static Reply Broken { get; } = new(0);

    public static Reply Problem(int status, string name, params (string Name, string Value)[] headers) =>
        new(status, $$"""{"type":"urn:taskplatform:problem:{{name}}","title":"{{name}}","status":{{status}}}""", headers);
}

/// <summary>A real server on a random port of the loopback that answers the contract's calls as a test says, and keeps what it was asked.</summary>
internal sealed class ScriptedService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<Call, Task<Reply>>> _scripts = new();
    private readonly ConcurrentDictionary<string, Channel<Call>> _calls = new();

    private ScriptedService(WebApplication app)
    {
        _app = app;
        app.Run(AnswerAsync);
    }

    public Uri Address => new(_app.Urls.Single());

    public static async Task<ScriptedService> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var service = new ScriptedService(builder.Build());
        await service._app.StartAsync();
        return service;
    }

    /// <summary>Answers a call, given as <c>POST /v1/queues/q/tasks</c>.</summary>
    public void On(string call, Func<Call, Task<Reply>> script) => _scripts[call] = script;

    public void On(string call, Func<Call, Reply> script) => On(call, request => Task.FromResult(script(request)));

    /// <summary>Answers a call with these in turn, and with the last from then on.</summary>
    public void On(string call, params Reply[] replies)
    {
        var next = -1;
        On(call, _ => replies[Math.Min(Interlocked.Increment(ref next), replies.Length - 1)]);
    }

    public void OnUnlessScripted(string call, Reply reply) => _scripts.TryAdd(call, _ => Task.FromResult(reply));

    /// <summary>The next request of this kind, which may have come already.</summary>
    public ValueTask<Call> NextAsync(string call) => CallsOf(call).Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Requests of this kind that came and were not taken with <see cref="NextAsync"/>.</summary>
    public int Waiting(string call) => CallsOf(call).Reader.Count;

    /// <summary>Does not answer for as long as the caller waits.</summary>
    public static Task<Reply> Hang(Call call)
    {
        var never = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        call.Aborted.Register(() => never.TrySetCanceled(call.Aborted));
        return never.Task;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Channel<Call> CallsOf(string call) => _calls.GetOrAdd(call, _ => Channel.CreateUnbounded<Call>());

    // The server uses its header collections again for the next request.
    private static Dictionary<string, string> Copy(IHeaderDictionary headers) =>
        headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var call = new Call(
            http.Request.Method,
            http.Request.Path,
            http.Request.QueryString.ToString(),
            Copy(http.Request.Headers),
            await reader.ReadToEndAsync(),
            http.RequestAborted);
        var name = $"{call.Method} {call.Path}";
        CallsOf(name).Writer.TryWrite(call);
        var reply = _scripts.TryGetValue(name, out var script) ? await script(call) : Reply.Problem(404, "not-scripted");
        if (reply == Reply.Broken)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = reply.Status;
        foreach (var (header, value) in reply.Headers) http.Response.Headers[header] = value;
        if (reply.Json is null) return;
        http.Response.ContentType ??= "application/json";
        await http.Response.WriteAsync(reply.Json, http.RequestAborted);
    }
}
