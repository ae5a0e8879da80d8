using System.Diagnostics;
using System.Globalization;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>A server of the measurement's own, alone in a folder and on a port of its own. Gone with this process, however that ends.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Guard _guard;
    private readonly string _ready;
    private readonly int _streamPort;

    private ServerProcess(int port, string ready, Func<int, string, IEnumerable<string>> command, int streamPort = 0)
    {
        var folder = Directory.CreateTempSubdirectory("taskplatform-").FullName;
        (Port, _streamPort, _ready, _guard) = (port, streamPort, ready, new Guard(folder, command(port, folder)));
    }

    /// <summary>Of 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Where a service takes calls.</summary>
    public string CallAddress => $"http://127.0.0.1:{Port}";

    /// <summary>Where a service takes streams.</summary>
    public string StreamAddress => $"http://127.0.0.1:{_streamPort}";

    /// <param name="fsync">When it syncs its append-only file: <c>everysec</c> or <c>always</c>.</param>
    /// <exception cref="MissingProgramException">There is no <c>redis-server</c>.</exception>
    public static async Task<ServerProcess> StartRedisAsync(string fsync)
    {
        MissingProgramException.ThrowUnlessOnPath("redis-server", "On Debian: apt-get install redis-server; or name one that runs by --redis.");
        var redis = new ServerProcess(FreePort.Next(), "Ready to accept connections", (port, folder) =>
        [
            "redis-server", "--bind", "127.0.0.1", "--port", $"{port}", "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", fsync,
        ]);
        await redis.StartAsync();
        return redis;
    }

    /// <param name="redis">Where the service stores.</param>
    /// <param name="collector">Where it sends its telemetry; null: nowhere, whatever the environment says.</param>
    public static async Task<ServerProcess> StartApiAsync(MeasuredRedis redis, Collector? collector = null)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "TaskPlatform.Api.dll");
        var streams = FreePort.Next();
        var api = new ServerProcess(FreePort.Next(), "Application started", (port, _) =>
        [
            "/usr/bin/env", "-u", Collector.EndpointVariable, .. collector?.Variables ?? [],
            DotNetHost.Program, program, $"--urls=http://127.0.0.1:{port}", $"--Grpc:Port={streams}",
            $"--ConnectionStrings:redis={redis.Address.ConnectionString}", "--Queues:Instance=measured", "--Logging:LogLevel:Default=Information",
        ], streams);
        await api.StartAsync();
        // Ready is what it says is ready: whoever sends it calls would wait as well.
        using (var calls = new QueueCalls(api.CallAddress, "")) await calls.HealthAsync();
        return api;
    }

    /// <summary>Returns when it accepts connections.</summary>
    public Task StartAsync() => _guard.TellAsync("start", _ready);

    /// <summary>SIGKILL. Returns when it is gone.</summary>
    public Task KillAsync() => _guard.TellAsync("kill", "guard:kill");

    /// <summary>Its process; another one after each start.</summary>
    public async Task<int> ProcessIdAsync() => int.Parse((await _guard.TellAsync("pid", "guard:pid")).Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>Time of a core that it has used since it was started, of all threads.</summary>
    public async Task<TimeSpan> ProcessorTimeAsync()
    {
        using var process = Process.GetProcessById(await ProcessIdAsync());
        return process.TotalProcessorTime;
    }

    /// <summary>What it has in memory now, and the most since it was started.</summary>
    public async Task<ProcessMemory> MemoryAsync()
    {
        var lines = await File.ReadAllLinesAsync($"/proc/{await ProcessIdAsync()}/status");
        return new ProcessMemory(Megabytes(lines, "VmRSS:"), Megabytes(lines, "VmHWM:"));
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private static double Megabytes(string[] lines, string name)
    {
        var line = lines.First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1_024 / 1e6;
    }
}

/// <summary>Memory of a process, in millions of bytes (Linux).</summary>
/// <param name="Resident">Now.</param>
/// <param name="Peak">The most since the process began.</param>
internal readonly record struct ProcessMemory(double Resident, double Peak);
