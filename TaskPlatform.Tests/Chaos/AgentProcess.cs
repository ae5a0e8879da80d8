using System.Text;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Servers;
using TaskPlatform.Tests.Simulation;

namespace TaskPlatform.Tests.Chaos;

/// <summary>An agent as a process of its own, with the client's whole runtime; it works on tasks of the type <see cref="LoadTasks.Remote"/>.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private const int NobodysPort = 1;

    private readonly Guard _guard;
    private readonly string _handedIn;

    private AgentProcess(ServiceAddress service)
    {
        var folder = Directory.CreateTempSubdirectory("taskplatform-agent-").FullName;
        _handedIn = Path.Combine(folder, "handed-in");
        string[] streams = service.Streams is { } address ? [$"{address}"] : [];
        _guard = new Guard(folder,
            [.. ApiServer.Frugal, "dotnet", Path.Combine(AppContext.BaseDirectory, "TaskPlatform.Tests.Agent.dll"), $"{service.Http}", RealCaller.Queue, LoadTasks.Remote, _handedIn, .. streams]);
    }

    /// <param name="api">The service that it works for, over the networks before it.</param>
    /// <param name="way">How it speaks with the service.</param>
    public static async Task<AgentProcess> StartAsync(ApiProcess api, AgentWay way)
    {
        var agent = new AgentProcess(Address(api, way));
        try
        {
            await agent.StartAgainAsync();
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    private static ServiceAddress Address(ApiProcess api, AgentWay way) => way switch
    {
        // Where nothing else answers it cannot fall back: what it does is then done over streams.
        AgentWay.Streams => new(Loopback(NobodysPort), Loopback(api.Streams.Port)),
        AgentWay.StreamsOrHttp => new(Loopback(api.Callers.Port), Loopback(api.Streams.Port)),
        _ => new(Loopback(api.Callers.Port), null),
    };

    private static Uri Loopback(int port) => new($"http://127.0.0.1:{port}");

    public Task KillAsync() => _guard.TellAsync("kill", "guard:kill");

    public Task StartAgainAsync() => _guard.TellAsync("start", "Application started");

    public Task StopAsync() => _guard.TellAsync("stop", "guard:stop");

    public Task ContinueAsync() => _guard.TellAsync("continue", "guard:continue");

    /// <summary>What it has handed in, or was about to when it was killed; how each was answered is not known. At some time since the round's beginning.</summary>
    public IEnumerable<Seen> HandedIn() => File.ReadLines(_handedIn).Select(line => line.Split(' ')).Where(words => words.Length == 2)
        .Select(words => new Seen(new Command.Complete(words[0], 0, Encoding.UTF8.GetBytes($"\"{words[1]}\""), null, null), 0, ChaosHistory.NowMs, null, null));

    public ValueTask DisposeAsync() => _guard.DisposeAsync();
}
