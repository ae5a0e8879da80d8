using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskPlatform.AppHost.Commands;

namespace TaskPlatform.AppHost.Burst;

/// <summary>
/// The command line's <c>--burst COUNT</c>, with <c>--nodes</c>: once all nodes are up, so many tasks are submitted to the first, and it is shown who did them and how long they waited. With
/// <c>--compare</c> the first node does the same work alone before.
/// </summary>
internal static class BurstCommand
{
    private const string Option = "burst";
    private const string CompareOption = "compare";
    private const int Most = 10_000;

    /// <summary>The command line with <c>--compare</c> as what it is, a switch: the configuration would take the next argument for its value.</summary>
    public static string[] WithSwitches(string[] args) => [.. args.Select(arg => arg == $"--{CompareOption}" ? $"--{CompareOption}=true" : arg)];

    /// <summary>Ends the program where a burst is asked of an application of one node, which has nobody to hand work to.</summary>
    public static void RefuseBurst(this IDistributedApplicationBuilder builder)
    {
        foreach (var option in (string[])[Option, CompareOption])
            if (builder.Configuration[option] is not null) Refusal.Exit($"--{option} needs several nodes: add --nodes 3.");
    }

    /// <summary>Adds the burst that the command line asks for, if it does.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="aggregator">Who tells that figures are there.</param>
    /// <param name="nodes">Each node's service, and its agent.</param>
    public static void AddBurst(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> aggregator,
        IReadOnlyList<(IResourceBuilder<ProjectResource> Api, IResourceBuilder<ProjectResource> Agent)> nodes)
    {
        var compares = bool.TryParse(builder.Configuration[CompareOption], out var value) && value;
        if (Count(builder) is not { } count)
        {
            if (compares) Refusal.Exit($"--{CompareOption} needs a burst: add --{Option} 400.");
            return;
        }
        foreach (var project in nodes.SelectMany(node => (IResourceBuilder<ProjectResource>[])[node.Api, node.Agent])) project.WithQuietTasks();
        string[] needed = [aggregator.Resource.Name, .. nodes.SelectMany(node => (string[])[node.Api.Resource.Name, node.Agent.Resource.Name])];
        builder.Services.AddSingleton(new BurstRequested(count, compares, nodes.Count, nodes[0].Api.GetEndpoint("http"), aggregator.GetEndpoint("http"), needed));
        builder.Services.AddSingleton<IHostedService, BurstRun>();
    }

    private static int? Count(IDistributedApplicationBuilder builder)
    {
        if (builder.Configuration[Option] is not { } text) return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > Most)
            Refusal.Exit($"--{Option} is '{text}'. Give how many tasks, 1 to {Most}.");
        return count;
    }
}

/// <summary>A burst that the command line asked for.</summary>
/// <param name="Count">How many tasks.</param>
/// <param name="Compares">Whether the first node does them alone before.</param>
/// <param name="Nodes">How many nodes there are.</param>
/// <param name="Api">The first node.</param>
/// <param name="Aggregator">Where figures of all nodes are.</param>
/// <param name="Resources">What must be healthy first.</param>
internal sealed record BurstRequested(int Count, bool Compares, int Nodes, EndpointReference Api, EndpointReference Aggregator, IReadOnlyList<string> Resources);
