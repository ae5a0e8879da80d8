namespace TaskPlatform.LocalAspire.Running;

/// <summary>Finds programs.</summary>
internal static class Executables
{
    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat", ""] : [""];

    /// <summary>The dotnet that runs this process, else the one on the PATH.</summary>
    public static string? DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : Find("dotnet");

    /// <summary>The full path of a program: of a path, relative to <paramref name="directory"/>, or on the PATH; null without.</summary>
    public static string? Find(string command, string directory = ".")
    {
        var isPath = command.Contains('/') || command.Contains(Path.DirectorySeparatorChar);
        var folders = isPath ? [directory]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(_ => Extensions, (folder, extension) => Path.GetFullPath(Path.Combine(folder, command + extension)))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string file) => File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file)
        & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
