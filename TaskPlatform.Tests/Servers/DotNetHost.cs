namespace TaskPlatform.Tests.Servers;

/// <summary>What runs .NET programs.</summary>
internal static class DotNetHost
{
    /// <summary><c>dotnet test</c> names the host that runs it; from an editor it is the one on the PATH.</summary>
    public static string Program => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}
