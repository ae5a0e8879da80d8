using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost;

/// <summary>Names the Api as an owner of queues.</summary>
internal static class OwnerName
{
    /// <summary>
    /// The machine and the port that callers know: only one process can hold it, and an Api that crashed and is started again has the same, so
    /// it takes its queues over at once instead of waiting for its own lease. What is published has names of its own.
    /// </summary>
    public static void WithOwnerName(this IResourceBuilder<ProjectResource> api)
    {
        if (api.ApplicationBuilder.ExecutionContext.IsPublishMode) return;
        var port = api.GetEndpoint("http").Property(EndpointProperty.Port);
        api.WithEnvironment("Queues__Instance", ReferenceExpression.Create($"{Environment.MachineName}:{port}"));
    }
}
