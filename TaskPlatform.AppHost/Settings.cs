using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using TaskPlatform.AppHost.Burst;

namespace TaskPlatform.AppHost;

/// <summary>Reads what the configuration says about the application as a whole.</summary>
internal static class Settings
{
    /// <summary>The command line; it and the environment may leave the dashboard out.</summary>
    public static DistributedApplicationOptions Options(string[] args) => new()
    {
        Args = BurstCommand.WithSwitches(args),
        DisableDashboard = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build()["Dashboard:Enabled"] is { } text
            && bool.TryParse(text, out var isEnabled) && !isEnabled,
    };

    /// <summary>The folder in which all projects lie.</summary>
    public static string RepositoryRoot(this IDistributedApplicationBuilder builder) =>
        Path.GetFullPath(Path.Combine(builder.AppHostDirectory, ".."));

    /// <summary>A folder; a relative one counts from where the AppHost was started.</summary>
    public static string PathSetting(this IDistributedApplicationBuilder builder, string key, string otherwise) =>
        builder.Configuration[key] is { Length: > 0 } path ? Path.GetFullPath(path) : otherwise;

    /// <summary>The folder in which everything is kept that outlives a run: <c>Data:Root</c>, else <c>.data</c> of the repository.</summary>
    public static string DataRoot(this IDistributedApplicationBuilder builder) =>
        builder.PathSetting("Data:Root", Path.Combine(builder.RepositoryRoot(), ".data"));

    /// <summary>A port, or null when none is set.</summary>
    public static int? PortSetting(this IDistributedApplicationBuilder builder, string key)
    {
        if (builder.Configuration[key] is not { Length: > 0 } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port
            : throw new DistributedApplicationException($"{key} is '{text}'. Give a port from 1 to 65535.");
    }

    /// <summary>Puts the project's address on the port.</summary>
    public static IResourceBuilder<ProjectResource> ListeningOn(this IResourceBuilder<ProjectResource> project, int port) =>
        project.WithEndpoint("http", endpoint => endpoint.Port = port);

    /// <summary>The address for gRPC: without TLS one of its own.</summary>
    public static IResourceBuilder<ProjectResource> WithStreams(this IResourceBuilder<ProjectResource> project, int port) =>
        project.WithHttpEndpoint(port, name: "grpc", env: "Grpc__Port").WithEndpoint("grpc", endpoint => endpoint.Transport = "http2")
            .WithUrlForEndpoint("grpc", url => url.DisplayText = "gRPC");

    /// <summary>A project without a launch profile is in the same environment as those that have one.</summary>
    public static IResourceBuilder<ProjectResource> InEnvironmentOf(
        this IResourceBuilder<ProjectResource> project, IDistributedApplicationBuilder builder) =>
        project.WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName);

    /// <summary>
    /// Hands a section on as the service's section <c>Federation</c>: whether it belongs to a federation, and where its file and keys are. Not said: it does not, whatever
    /// the application's own environment says.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithFederation(
        this IResourceBuilder<ProjectResource> project, IDistributedApplicationBuilder builder, string section)
    {
        project.WithEnvironment("Federation__Enabled", "false");
        foreach (var (key, value) in builder.Configuration.GetSection(section).AsEnumerable(makePathsRelative: true))
            if (value is not null) project.WithEnvironment($"Federation__{key.Replace(":", "__", StringComparison.Ordinal)}", value);
        return project;
    }
}
