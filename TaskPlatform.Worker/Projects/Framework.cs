using Microsoft.CodeAnalysis;

namespace TaskPlatform.Worker.Projects;

/// <summary>The framework's assemblies for code that no project compiles.</summary>
internal static class Framework
{
    /// <summary>Reference assemblies of the SDK where there is one, otherwise the assemblies that this process runs on.</summary>
    public static IReadOnlyList<MetadataReference> References { get; } =
        [.. Assemblies().Select(f => (MetadataReference)MetadataReference.CreateFromFile(f))];

    private static IEnumerable<string> Assemblies()
    {
        var core = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var packs = Path.Combine(core, "..", "..", "..", "packs");
        return ReferencePack(packs, "Microsoft.NETCore.App.Ref") is { } netCore && ReferencePack(packs, "Microsoft.AspNetCore.App.Ref") is { } web
            ? Directory.EnumerateFiles(netCore, "*.dll").Concat(Directory.EnumerateFiles(web, "*.dll"))
            : RunningAssemblies(core);
    }

    private static string? ReferencePack(string packs, string name)
    {
        var folder = Path.Combine(packs, name);
        if (!Directory.Exists(folder)) return null;
        return Directory.EnumerateDirectories(folder, $"{Environment.Version.Major}.*")
            .Select(version => Path.Combine(version, "ref", $"net{Environment.Version.Major}.0"))
            .Where(Directory.Exists)
            .MaxBy(f => f, StringComparer.Ordinal);
    }

    private static IEnumerable<string> RunningAssemblies(string core) =>
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator)
            .Where(f => f.StartsWith(core, StringComparison.Ordinal) || f.Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal));
}
