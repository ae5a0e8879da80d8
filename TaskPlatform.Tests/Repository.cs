namespace TaskPlatform.Tests;

/// <summary>Where the repository is, seen from the test program.</summary>
public static class Repository
{
    /// <summary>The folder of TaskPlatform.sln.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "TaskPlatform.sln"))
            ? folder
            : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("TaskPlatform.sln is in no folder above the tests."));
}
