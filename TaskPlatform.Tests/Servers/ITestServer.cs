namespace TaskPlatform.Tests.Servers;

/// <summary>
/// A real server for the Redis protocol, alone on a random port of 127.0.0.1 with a folder of its own. A suite written against this
/// interface runs on <see cref="RedisServer"/> and on <see cref="GarnetServer"/>.
/// </summary>
/// <remarks>
/// Where the server's program is missing, the first use skips the test with a reason; with <c>CI=true</c> it fails.
/// </remarks>
public interface ITestServer : IAsyncDisposable
{
    /// <summary>Loopback port; the same for the server's whole life, restarts included.</summary>
    int Port { get; }

    /// <summary>For StackExchange.Redis: host and port, with <c>abortConnect=false</c>.</summary>
    string ConnectionString { get; }

    /// <summary>SIGKILL. Returns when the process is gone and its port is free.</summary>
    Task KillAsync();

    /// <summary>SIGSTOP: connections stay open, nothing is answered.</summary>
    Task StopAsync();

    /// <summary>SIGCONT: goes on after <see cref="StopAsync"/>, as if no time had passed.</summary>
    Task ContinueAsync();

    /// <summary>Kills it where it still runs and starts it on the same port and folder. Returns when it accepts connections.</summary>
    Task RestartAsync();
}
