using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost;

/// <summary>The agents: one program that is told which of them it is.</summary>
/// <param name="builder">The application.</param>
/// <param name="api">From where they take work.</param>
/// <param name="reviewsRoot">The folder outside of which they read nothing.</param>
internal sealed class Agents(IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> api, string reviewsRoot)
{
    // Created once, however many agents use it; without an endpoint there is no model and nobody is asked for a key.
    private readonly IResourceBuilder<ParameterResource>? _key =
        builder.Configuration["Llm:Endpoint"] is { Length: > 0 } ? builder.AddParameter("llm-key", secret: true) : null;

    /// <summary>Adds the agent of that name.</summary>
    public IResourceBuilder<ProjectResource> Add(string role)
    {
        var agent = builder.AddProject<Projects.TaskPlatform_Worker>(role)
            .InEnvironmentOf(builder)
            .WithHttpEndpoint()
            .WithReference(api)
            .WaitFor(api)
            .WithEnvironment("Agent__Role", role)
            .WithEnvironment("Reviews__Root", reviewsRoot)
            .WithHttpHealthCheck("/health")
            .WithDrainCommand(api);
        return _key is null ? agent : agent
            .WithEnvironment("Llm__Endpoint", builder.Configuration["Llm:Endpoint"])
            .WithEnvironment("Llm__Model", builder.Configuration["Llm:Model"])
            .WithEnvironment("Llm__ApiKey", _key);
    }
}
