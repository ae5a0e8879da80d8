using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost.Review;

/// <summary>The agents that review code.</summary>
/// <param name="builder">The application.</param>
/// <param name="api">From where they take work.</param>
/// <param name="reviewsRoot">The folder outside of which they read nothing.</param>
internal sealed class ReviewAgents(IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> api, string reviewsRoot)
{
    private const string Queue = "reviews";

    // Created once, however many agents use it; without an endpoint there is no model and nobody is asked for a key.
    private readonly IResourceBuilder<ParameterResource>? _key =
        builder.Configuration["Llm:Endpoint"] is { Length: > 0 } ? builder.AddParameter("llm-key", secret: true) : null;

    /// <summary>Adds the agent of that name.</summary>
    public IResourceBuilder<ProjectResource> Add(string role)
    {
        var agent = builder.AddAgent(role, role, Queue, api).WithReference(api).WithEnvironment("Reviews__Root", reviewsRoot);
        return _key is null ? agent : agent
            .WithEnvironment("Llm__Endpoint", builder.Configuration["Llm:Endpoint"])
            .WithEnvironment("Llm__Model", builder.Configuration["Llm:Model"])
            .WithEnvironment("Llm__ApiKey", _key);
    }
}
