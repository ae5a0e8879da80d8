namespace TaskPlatform.Tests.Servers;

/// <summary>The federation's aggregator as a process of its own.</summary>
public sealed class AggregatorServer : TestServer
{
    /// <summary>Settings as on the command line.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Where operators ask it.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}");

    protected override string Ready => "Application started";

    protected override Task<string?> FindMissingAsync() => Task.FromResult<string?>(null);

    protected override IReadOnlyList<string> Command(int port, string folder) =>
    [
        .. ApiServer.Frugal, DotNetHost.Program, Path.Combine(AppContext.BaseDirectory, "TaskPlatform.Federation.dll"), $"--urls=http://127.0.0.1:{port}",
        "--Logging:LogLevel:Default=Information", .. Settings,
    ];
}
