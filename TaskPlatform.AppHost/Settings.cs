using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace TaskPlatform.AppHost;

/// <summary>Reads what the configuration says about the application as a whole.</summary>
internal static class Settings
{
    /// <summary>The command line; it and the environment may leave the dashboard out.</summary>
    public static DistributedApplicationOptions Options(string[] args) => new()
    {
        Args = args,
        DisableDashboard = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build()["Dashboard:Enabled"] is { } text
            && bool.TryParse(text, out var isEnabled) && !isEnabled,
    };

    /// <summary>The folder in which all projects lie.</summary>
    public static string RepositoryRoot(this IDistributedApplicationBuilder builder) =>
        Path.GetFullPath(Path.Combine(builder.AppHostDirectory, ".."));

    /// <summary>A folder; a relative one counts from where the AppHost was started.</summary>
    public static string PathSetting(this IDistributedApplicationBuilder builder, string key, string otherwise) =>
        builder.Configuration[key] is { Length: > 0 } path ? Path.GetFullPath(path) : otherwise;

    /// <summary>A port, or null when none is set.</summary>
    public static int? PortSetting(this IDistributedApplicationBuilder builder, string key)
    {
        if (builder.Configuration[key] is not { Length: > 0 } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port
            : throw new DistributedApplicationException($"{key} is '{text}'. Give a port from 1 to 65535.");
    }

    /// <summary>Puts the project's address on the configured port; on the one of its launchSettings.json when none is.</summary>
    public static IResourceBuilder<ProjectResource> ListeningOn(this IResourceBuilder<ProjectResource> project, string key) =>
        project.ApplicationBuilder.PortSetting(key) is { } port ? project.WithEndpoint("http", endpoint => endpoint.Port = port) : project;

    /// <summary>The address for gRPC: without TLS one of its own. On the configured port (<c>Grpc:Port</c>), else 5381.</summary>
    public static IResourceBuilder<ProjectResource> WithStreams(this IResourceBuilder<ProjectResource> project) =>
        project.WithHttpEndpoint(project.ApplicationBuilder.PortSetting("Grpc:Port") ?? 5381, name: "grpc", env: "Grpc__Port")
            .WithEndpoint("grpc", endpoint => endpoint.Transport = "http2");

    /// <summary>A project without a launch profile is in the same environment as those that have one.</summary>
    public static IResourceBuilder<ProjectResource> InEnvironmentOf(
        this IResourceBuilder<ProjectResource> project, IDistributedApplicationBuilder builder) =>
        project.WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName);

    /// <summary>Whether figures are shared, and under which name: the same for the service that tells and for the one that is told.</summary>
    public static IResourceBuilder<ProjectResource> WithFederation(
        this IResourceBuilder<ProjectResource> project, IDistributedApplicationBuilder builder) =>
        project.WithEnvironment("Federation__Enabled", builder.Configuration["Federation:Enabled"] ?? "false")
            .WithEnvironment("Federation__NodeId", builder.Configuration["Federation:NodeId"] ?? "local");
}
