using System.Diagnostics;
using System.Text.Json;

namespace TaskPlatform.Tests.Servers;

/// <summary>Garnet, from the repository's .NET tool manifest, restored once if it is not in the NuGet cache yet.</summary>
public sealed class GarnetServer : TestServer
{
    private static readonly Lazy<Task<string?>> Restored = new(RestoreAsync);

    private static string Manifest => Path.Combine(Repository.Root, ".config", "dotnet-tools.json");

    protected override Task<string?> FindMissingAsync() => Restored.Value;

    // Commit-wait, because without it acknowledged writes are lost at SIGKILL; transaction mode, because without it scripts are not
    // atomic; RandomAccess, because the native device needs libraries that not every system has. The index is small for a quick start.
    protected override IReadOnlyList<string> Command(int port, string folder) =>
    [
        DotNetHost.Program, Library(), "--bind", "127.0.0.1", "--port", $"{port}", "--checkpointdir", folder, "--device-type", "RandomAccess",
        "--aof", "--aof-commit-wait", "--recover", "--lua", "--lua-transaction-mode", "--index", "16m", "--memory", "1g",
    ];

    private static async Task<string?> RestoreAsync()
    {
        if (File.Exists(Library())) return null;
        var start = new ProcessStartInfo(DotNetHost.Program, ["tool", "restore"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var restore = Process.Start(start)!;
        var output = await Task.WhenAll(restore.StandardOutput.ReadToEndAsync(), restore.StandardError.ReadToEndAsync());
        await restore.WaitForExitAsync();
        return File.Exists(Library()) ? null : $"'dotnet tool restore' did not bring {Library()}: {string.Concat(output)}";
    }

    private static string Library() => Path.Combine(Cache(), "garnet-server", Version(), "tools", "net10.0", "any", "GarnetServer.dll");

    private static string Cache() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } cache
        ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Version()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Manifest));
        return manifest.RootElement.GetProperty("tools").GetProperty("garnet-server").GetProperty("version").GetString()!;
    }
}
