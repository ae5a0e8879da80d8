using System.Diagnostics;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Chaos;

/// <summary>The Redis of a round.</summary>
internal static class ChaosRedis
{
    /// <summary>In bytes; much more than a round needs.</summary>
    public const int MaxMemory = 64 << 20;

    public static RedisServer Of(RoundPlan plan, FullDisk? disk) => new()
    {
        Fsync = plan.SyncsAlways ? Fsync.Always : Fsync.EverySecond,
        MoreArguments = ["--aof-load-truncated", "yes", "--maxmemory", $"{MaxMemory}", .. disk is null ? (string[])[] : ["--dir", disk.Folder]],
    };
}

/// <summary>The append-only file of a Redis that has not yet rewritten it.</summary>
internal sealed class AppendOnlyFile(string path)
{
    public long Length => new FileInfo(path).Length;

    public static AppendOnlyFile Of(RedisServer server)
        => new(Directory.GetFiles(Path.Combine(server.Folder, "appendonlydir"), "*.incr.aof").Single());

    public void CutTo(long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(length);
    }
}

/// <summary>A small disk of its own, in memory, that can be filled up. To mount one needs root.</summary>
internal sealed class FullDisk : IDisposable
{
    private const string Size = "32m";

    private FullDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Null where this may not be done.</summary>
    public static FullDisk? TryMount()
    {
        var folder = Directory.CreateTempSubdirectory("taskplatform-disk-").FullName;
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={Size}", "tmpfs", folder)) return new FullDisk(folder);
        Directory.Delete(folder);
        return null;
    }

    /// <summary>Leaves not a byte free.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        await using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true) await file.WriteAsync(page, cancellationToken);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", "--lazy", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
