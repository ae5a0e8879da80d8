namespace Aspire.Hosting;

/// <summary>Adds programs of any kind to an application.</summary>
public static class ExecutableResourceBuilderExtensions
{
    /// <summary>Adds a program; a relative directory counts from the AppHost's.</summary>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[]? args) =>
        builder.AddResource(new ExecutableResource(name, command, Path.GetFullPath(Path.Combine(builder.AppHostDirectory, workingDirectory))))
            .WithArgs(args ?? []);
}
