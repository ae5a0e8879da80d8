using System.Diagnostics.CodeAnalysis;

namespace TaskPlatform.AppHost;

/// <summary>A command line that cannot be meant.</summary>
internal static class Refusal
{
    /// <summary>Says what is wrong and what to do, and ends the program before anything is started.</summary>
    [DoesNotReturn]
    public static void Exit(string error)
    {
        Console.Error.WriteLine($"error: {error}");
        Environment.Exit(1);
        throw new InvalidOperationException(error); // never reached
    }
}
