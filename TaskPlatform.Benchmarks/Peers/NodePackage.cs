using System.Globalization;
using System.Security.Cryptography;
using CliWrap;
using CliWrap.Buffered;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Peers;

/// <summary>The peer in Node with what it depends on: installed once for each content, into the folder of the build.</summary>
internal static class NodePackage
{
    private const int OldestNode = 20;
    private const string Remedy = "BullMQ with its Redis client needs Node 20 or later and npm; on Debian 13 or later: apt-get install nodejs npm.";

    private static readonly string[] Files = ["package.json", "package-lock.json", "bullmq.mjs"];

    private static string Source => Path.Combine(AppContext.BaseDirectory, "Peers", "BullMq");

    /// <returns>The folder in which the program and its packages are.</returns>
    /// <exception cref="MissingProgramException">Node or npm is missing, or npm cannot get the packages.</exception>
    public static async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        MissingProgramException.ThrowUnlessOnPath("node", Remedy);
        MissingProgramException.ThrowUnlessOnPath("npm", Remedy);
        await ThrowUnlessNewEnoughAsync(cancellationToken);
        var folder = Path.Combine(Source, "installed", Fingerprint());
        if (Directory.Exists(folder)) return folder;

        // Made elsewhere and moved: what has its name is whole, also when two runs install at once.
        var making = Directory.CreateDirectory($"{folder}.{Guid.NewGuid():n}").FullName;
        foreach (var file in Files) File.Copy(Path.Combine(Source, file), Path.Combine(making, file));
        await InstallIntoAsync(making, cancellationToken);
        if (!TryMove(making, folder)) Directory.Delete(making, recursive: true);
        return folder;
    }

    private static async Task ThrowUnlessNewEnoughAsync(CancellationToken cancellationToken)
    {
        var version = (await Cli.Wrap("node").WithArguments("--version").ExecuteBufferedAsync(cancellationToken)).StandardOutput.Trim();
        if (int.Parse(version.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture) < OldestNode) throw new MissingProgramException($"Node is {version}. {Remedy}");
    }

    private static async Task InstallIntoAsync(string folder, CancellationToken cancellationToken)
    {
        // Scripts of packages are not run: all that they do here is to compile what is there ready-made.
        var npm = await Cli.Wrap("npm").WithArguments(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).WithWorkingDirectory(folder)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
        if (npm.IsSuccess) return;
        Directory.Delete(folder, recursive: true);
        var reason = npm.StandardError.Split('\n').FirstOrDefault(line => line.StartsWith("npm error", StringComparison.Ordinal)) ?? "it does not say why.";
        throw new MissingProgramException($"npm cannot get BullMQ's packages, exit code {npm.ExitCode}: {reason}");
    }

    private static bool TryMove(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
            return true;
        }
        catch (IOException) when (Directory.Exists(to))
        {
            return false;
        }
    }

    private static string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files) hash.AppendData(File.ReadAllBytes(Path.Combine(Source, file)));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }
}
