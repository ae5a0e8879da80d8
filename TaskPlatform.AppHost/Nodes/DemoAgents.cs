using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost.Nodes;

/// <summary>The agents of nodes: one each, that works for as long as its tasks say.</summary>
internal static class DemoAgents
{
    /// <summary>The queue that nodes share, and the agent's name there.</summary>
    public const string Queue = "default";

    private const string Role = "demo";
    private const string SlotsSetting = "Nodes:Slots";
    private const int Slots = 4;

    /// <summary>Adds a node's agent. It takes four tasks at once, or <c>Nodes:Slots</c>.</summary>
    public static IResourceBuilder<ProjectResource> AddDemoAgent(this IDistributedApplicationBuilder builder, Node node, IResourceBuilder<ProjectResource> api) =>
        builder.AddAgent(node.Name(Role), Role, Queue, api)
            .WithEnvironment("Agent__Node", node.Id)
            .WithEnvironment("Agent__Slots", builder.Configuration[SlotsSetting] ?? Slots.ToString(CultureInfo.InvariantCulture));
}
