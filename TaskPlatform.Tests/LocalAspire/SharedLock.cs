using System.Diagnostics;

namespace TaskPlatform.Tests.LocalAspire;

/// <summary>
/// A file that processes hold locked. The system frees the lock when the last process that has the file open is gone, children and
/// grandchildren included: waiting for it is waiting for all of them, without asking again and again.
/// </summary>
internal sealed class SharedLock : IDisposable
{
    public string File { get; } = Path.GetTempFileName();

    public Task<bool> IsHeldAsync(CancellationToken cancellationToken) => RunAsync("-n", 1, cancellationToken);

    public Task<bool> IsFreeWithinAsync(int seconds, CancellationToken cancellationToken) => RunAsync($"-w{seconds}", 0, cancellationToken);

    public void Dispose() => System.IO.File.Delete(File);

    private async Task<bool> RunAsync(string option, int expected, CancellationToken cancellationToken)
    {
        using var flock = Process.Start("flock", ["-x", option, File, "true"]);
        await flock.WaitForExitAsync(cancellationToken);
        return flock.ExitCode == expected;
    }
}
