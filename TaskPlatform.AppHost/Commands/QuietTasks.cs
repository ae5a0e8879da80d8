using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost.Commands;

/// <summary>What a command shows instead of what agents write.</summary>
internal static class QuietTasks
{
    private const string AgentLogLevel = "Logging__Console__LogLevel__TaskPlatform";

    /// <summary>Hundreds of tasks are told by one line of progress, not by one line each.</summary>
    public static void WithQuietTasks(this IResourceBuilder<ProjectResource> agent) => agent.WithEnvironment(AgentLogLevel, "Warning");
}
