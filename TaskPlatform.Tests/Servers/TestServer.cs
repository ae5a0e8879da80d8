using System.Globalization;

namespace TaskPlatform.Tests.Servers;

/// <summary>
/// What both servers share. Use one as <c>IClassFixture&lt;RedisServer&gt;</c>, or make one in a test: <c>await using var redis =
/// await TestServer.StartAsync(new RedisServer { Fsync = Fsync.EverySecond });</c>
/// </summary>
public abstract class TestServer : ITestServer, IAsyncLifetime
{
    private Guard? guard;
    private string? missing;
    private int port;

    public int Port => Started(port);

    public string ConnectionString => $"127.0.0.1:{Port},abortConnect=false";

    /// <summary>The folder that holds the append-only file. Deleted at the end.</summary>
    public string Folder { get => Started(field); private set; } = "";

    public static async Task<T> StartAsync<T>(T server) where T : TestServer
    {
        try
        {
            await server.InitializeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask InitializeAsync()
    {
        missing = OperatingSystem.IsWindows() ? "Signals to a server need Linux or macOS; WSL will do." : await FindMissingAsync();
        if (missing is not null)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true") throw new InvalidOperationException($"CI=true and {missing}");
            return;
        }
        port = FreePort.Next();
        Folder = Directory.CreateTempSubdirectory("taskplatform-").FullName;
        guard = new Guard(Folder, Command(port, Folder));
        await guard.TellAsync("start", Ready);
    }

    public Task KillAsync() => Started(guard)!.TellAsync("kill", "guard:kill");

    /// <summary>SIGTERM. Returns when it has ended by itself.</summary>
    public Task EndAsync() => Started(guard)!.TellAsync("term", "guard:term");

    public Task StopAsync() => Started(guard)!.TellAsync("stop", "guard:stop");

    public Task ContinueAsync() => Started(guard)!.TellAsync("continue", "guard:continue");

    public async Task RestartAsync()
    {
        await KillAsync();
        await guard!.TellAsync("start", Ready);
    }

    /// <summary>Its process; another one after a restart.</summary>
    public async Task<int> ProcessIdAsync() => int.Parse((await Started(guard)!.TellAsync("pid", "guard:pid")).Split(' ')[1], CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        if (guard is not null) await guard.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Null when the program is there; otherwise what is missing and how to get it.</summary>
    protected abstract Task<string?> FindMissingAsync();

    /// <summary>Stands in the line that the server writes once it accepts connections.</summary>
    protected virtual string Ready => "Ready to accept connections";

    /// <summary>Program and arguments of the server.</summary>
    protected abstract IReadOnlyList<string> Command(int port, string folder);

    private T Started<T>(T value)
    {
        if (missing is not null) Assert.Skip(missing);
        return guard is null && port == 0 ? throw new InvalidOperationException("The server was not started.") : value;
    }
}
