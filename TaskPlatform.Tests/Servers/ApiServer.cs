using System.Globalization;

namespace TaskPlatform.Tests.Servers;

/// <summary>
/// The Api as a process of its own: what memory it takes and what its clock says is nobody else's. Tests that ask neither use a host in their own process.
/// </summary>
/// <param name="redis">For StackExchange.Redis.</param>
public sealed class ApiServer(string redis) : TestServer
{
    /// <summary>A wrapper without what makes a long life faster and a short one slower: a process of a test lives for seconds.</summary>
    public static readonly IReadOnlyList<string> Frugal = ["env", "DOTNET_TieredPGO=0", "DOTNET_gcServer=0"];

    private readonly int _streamPort = FreePort.Next();

    /// <summary>Settings as on the command line, such as <c>["--Http:EventSeconds=2"]</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>What the program is started with, such as <c>["faketime", "+1d"]</c>.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>Where it listens.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Where agents find it.</summary>
    public ServiceAddress AgentsAddress => new(Address, new Uri($"http://127.0.0.1:{_streamPort}"));

    protected override string Ready => "Application started";

    protected override Task<string?> FindMissingAsync() => Task.FromResult<string?>(null);

    protected override IReadOnlyList<string> Command(int port, string folder) =>
    [
        .. Wrapper, DotNetHost.Program, Path.Combine(AppContext.BaseDirectory, "TaskPlatform.Api.dll"), $"--urls=http://127.0.0.1:{port}", $"--Grpc:Port={_streamPort}", $"--ConnectionStrings:redis={redis}",
        "--Queues:Instance=api-process", "--Logging:LogLevel:Default=Information", .. Settings,
    ];

    /// <summary>Memory that it has in use, in bytes (Linux).</summary>
    public async Task<long> ResidentBytesAsync()
    {
        var line = (await File.ReadAllLinesAsync($"/proc/{await ProcessIdAsync()}/status")).First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
    }
}
