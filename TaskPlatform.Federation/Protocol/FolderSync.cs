using System.Runtime.InteropServices;

namespace TaskPlatform.Federation.Protocol;

/// <summary>Syncs a folder, so that a new file in it is still there after a power cut. The platform has no call for it; Windows needs none.</summary>
internal static class FolderSync
{
    /// <summary>Syncs the folder of a file.</summary>
    /// <exception cref="IOException">It could not be synced.</exception>
    public static void SyncFolderOf(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var handle = Open(folder, 0);
        if (handle < 0) throw new IOException($"The folder {folder} cannot be opened: error {Marshal.GetLastPInvokeError()}.");
        try
        {
            if (Fsync(handle) != 0) throw new IOException($"The folder {folder} cannot be synced: error {Marshal.GetLastPInvokeError()}.");
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int handle);
}
