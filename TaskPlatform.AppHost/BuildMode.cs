namespace TaskPlatform.AppHost;

/// <summary>Which of the two builds this is.</summary>
internal static class BuildMode
{
#if ASPIRE
    private const string Text =
        "TaskPlatform AppHost with the Aspire packages. Without them: dotnet run --project TaskPlatform.AppHost -p:UseAspire=false";
#else
    private const string Text =
        "TaskPlatform AppHost with its stand-in for Aspire. With the Aspire packages: dotnet run --project TaskPlatform.AppHost -p:UseAspire=true";
#endif

    /// <summary>Prints the first line: what runs, and how to get the other one.</summary>
    public static void Announce() => Console.WriteLine(Text);
}
