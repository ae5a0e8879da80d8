using System.Text;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Servers;
using TaskPlatform.Tests.Simulation;

namespace TaskPlatform.Tests.Chaos;

/// <summary>An agent as a process of its own, with the client's whole runtime; it works on tasks of the type <see cref="LoadTasks.Remote"/>.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private readonly Guard _guard;
    private readonly string _handedIn;

    private AgentProcess(int servicePort)
    {
        var folder = Directory.CreateTempSubdirectory("taskplatform-agent-").FullName;
        _handedIn = Path.Combine(folder, "handed-in");
        _guard = new Guard(folder,
            [.. ApiProcess.Frugal, "dotnet", Path.Combine(AppContext.BaseDirectory, "TaskPlatform.Tests.Agent.dll"), $"http://127.0.0.1:{servicePort}", RealCaller.Queue, LoadTasks.Remote, _handedIn]);
    }

    public static async Task<AgentProcess> StartAsync(int servicePort)
    {
        var agent = new AgentProcess(servicePort);
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

    public Task KillAsync() => _guard.TellAsync("kill", "guard:kill");

    public Task StartAgainAsync() => _guard.TellAsync("start", "Application started");

    public Task StopAsync() => _guard.TellAsync("stop", "guard:stop");

    public Task ContinueAsync() => _guard.TellAsync("continue", "guard:continue");

    /// <summary>What it has handed in, or was about to when it was killed; how each was answered is not known. At some time since the round's beginning.</summary>
    public IEnumerable<Seen> HandedIn() => File.ReadLines(_handedIn).Select(line => line.Split(' ')).Where(words => words.Length == 2)
        .Select(words => new Seen(new Command.Complete(words[0], 0, Encoding.UTF8.GetBytes($"\"{words[1]}\""), null, null), 0, ChaosHistory.NowMs, null, null));

    public ValueTask DisposeAsync() => _guard.DisposeAsync();
}
