namespace TaskPlatform.LocalAspire.Running;

/// <summary>Finds Microsoft's Aspire dashboard on this machine.</summary>
internal static class DashboardProgram
{
    /// <summary>The setting that says where it is; the same as Aspire's own.</summary>
    public const string PathSetting = "ASPIRE_DASHBOARD_PATH";

    private static readonly string Name = OperatingSystem.IsWindows() ? "aspire-managed.exe" : "aspire-managed";

    /// <summary>
    /// What <paramref name="given"/> names, a file or a folder, whether it is there or not; else the one of an installed Aspire command
    /// line; else the one that eng/get-dashboard.sh brought into the repository around <paramref name="directory"/>; else null.
    /// </summary>
    public static string? Find(string? given, string directory)
    {
        if (!string.IsNullOrEmpty(given)) return In(given) ?? given;
        var installed = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspire");
        var program = In(installed);
        for (var folder = new DirectoryInfo(directory); program is null && folder is not null; folder = folder.Parent)
            program = In(Path.Combine(folder.FullName, ".tools", "aspire"));
        return program;
    }

    private static string? In(string path) =>
        ((string[])[path, Path.Combine(path, Name), Path.Combine(path, "managed", Name), Path.Combine(path, "bundle", "managed", Name)])
            .FirstOrDefault(File.Exists);
}
