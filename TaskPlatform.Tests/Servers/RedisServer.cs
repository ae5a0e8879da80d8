namespace TaskPlatform.Tests.Servers;

/// <summary>When Redis syncs its append-only file.</summary>
public enum Fsync { Always, EverySecond }

/// <summary><c>redis-server</c> from the PATH, with an append-only file, no snapshots and no eviction.</summary>
public sealed class RedisServer : TestServer
{
    /// <summary>Default <see cref="Fsync.Always"/>: what was acknowledged survives loss of power.</summary>
    public Fsync Fsync { get; init; } = Fsync.Always;

    /// <summary>More options as on the command line, such as <c>["--maxmemory", "20mb"]</c>. They win.</summary>
    public IReadOnlyList<string> MoreArguments { get; init; } = [];

    protected override Task<string?> FindMissingAsync() => Task.FromResult(
        IsOnPath("redis-server") ? null : "redis-server is not on the PATH. On Debian: apt-get install redis-server.");

    protected override IReadOnlyList<string> Command(int port, string folder) =>
    [
        "redis-server", "--bind", "127.0.0.1", "--port", $"{port}", "--dir", folder, "--save", "", "--appendonly", "yes",
        "--appendfsync", Fsync == Fsync.Always ? "always" : "everysec", "--maxmemory-policy", "noeviction", .. MoreArguments,
    ];

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
