namespace TaskPlatform.AppHost;

/// <summary>What the application is published as. Part of the build with the Aspire packages alone.</summary>
internal static class Publishing
{
    private const string Target = "Publish:Target";

    /// <summary>Docker Compose, or a Helm chart where <c>Publish:Target</c> is <c>kubernetes</c>. Does nothing while the application runs.</summary>
    public static void AddPublishTarget(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsPublishMode) return;
        switch (builder.Configuration[Target])
        {
            case null or "" or "compose":
                builder.AddDockerComposeEnvironment("compose");
                break;
            case "kubernetes":
                builder.AddKubernetesEnvironment("kubernetes");
                break;
            case var other:
                throw new DistributedApplicationException($"{Target} is '{other}'. Give compose or kubernetes, or leave it out.");
        }
    }
}
