using System.Reflection;

namespace TaskPlatform.LocalAspire.Hosting;

/// <summary>What build/ProjectMetadata.targets recorded in an AppHost's assembly: where projects lie and what they were built to.</summary>
internal static class BuildRecord
{
    /// <summary>The directory of the AppHost's project, under the name that Aspire uses too.</summary>
    public static string? ProjectDirectory(Assembly assembly) => Find(assembly, "apphostprojectpath");

    /// <summary>The assembly that a project builds.</summary>
    public static string? Output(Assembly assembly, string projectPath) => Find(assembly, "output:" + projectPath);

    private static string? Find(Assembly assembly, string key) => assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
