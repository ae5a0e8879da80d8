using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost;

/// <summary>The agents: one program that is told which of them it is.</summary>
internal static class Agents
{
    /// <summary>Adds an agent that takes work from a service.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">As a resource.</param>
    /// <param name="role">Which agent it is, by which name the service knows it.</param>
    /// <param name="queue">Where its work is.</param>
    /// <param name="api">The service.</param>
    public static IResourceBuilder<ProjectResource> AddAgent(
        this IDistributedApplicationBuilder builder, string name, string role, string queue, IResourceBuilder<ProjectResource> api) =>
        builder.AddProject<Projects.TaskPlatform_Worker>(name)
            .InEnvironmentOf(builder)
            .WithHttpEndpoint()
            // What a reference would hand over, under the name by which agents look for it whatever the service is called here.
            .WithEnvironment("services__api__http__0", api.GetEndpoint("http"))
            .WithEnvironment("services__api__grpc__0", api.GetEndpoint("grpc"))
            .WaitFor(api)
            .WithEnvironment("Agent__Role", role)
            .WithHttpHealthCheck("/health")
            .WithDrainCommand(api, queue, role);
}
