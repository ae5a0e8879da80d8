namespace TaskPlatform.Benchmarks.Shared;

/// <summary>This machine lacks what a measurement needs. The message says what, and how to get it, in one line.</summary>
internal sealed class MissingProgramException(string message) : Exception(message)
{
    /// <param name="program">Its name.</param>
    /// <param name="remedy">How to get it.</param>
    public static void ThrowUnlessOnPath(string program, string remedy)
    {
        if (!Folders.Any(folder => File.Exists(Path.Combine(folder, program)))) throw new MissingProgramException($"{program} is not on the PATH. {remedy}");
    }

    private static string[] Folders => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
}
