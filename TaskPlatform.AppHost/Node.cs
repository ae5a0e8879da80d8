using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost;

/// <summary>
/// A node: a Redis and the service that owns what is in it. Says what its parts are called, where they listen and where its data are. The only node of an application has
/// the plain names, the usual ports and the whole data folder.
/// </summary>
/// <param name="builder">The application.</param>
/// <param name="number">Which of several, from 1; 0 is the only one.</param>
internal sealed class Node(IDistributedApplicationBuilder builder, int number)
{
    // A node's ports are those of the node before it and so many more.
    private const int PortStep = 100;

    /// <summary>The node's name among others.</summary>
    public string Id => $"node{number}";

    /// <summary>Where its data stay, across runs.</summary>
    public string Data => number == 0 ? builder.DataRoot() : Path.Combine(builder.DataRoot(), "nodes", Id);

    /// <summary>What a part of the node is called as a resource.</summary>
    public string Name(string part) => number == 0 ? part : $"{Id}-{part}";

    /// <summary>
    /// The port that was asked for, or null: for a node of its own (<c>Nodes:2:Api:Port</c>), or for the first of several (<c>Api:Port</c>), from which the others' follow.
    /// </summary>
    public int? AskedPort(string key) =>
        (number == 0 ? null : builder.PortSetting($"Nodes:{number}:{key}")) ?? (builder.PortSetting(key) is { } port ? Shifted(key, port) : null);

    /// <summary>The port that was asked for, else a free one where those are wanted, else the usual one.</summary>
    public int Port(string key, int usual) => AskedPort(key) ?? (FreePort.IsWanted(builder) ? FreePort.Next() : Shifted(key, usual));

    /// <summary>Adds the service with its Redis.</summary>
    public IResourceBuilder<ProjectResource> AddApi()
    {
        var api = builder.AddProject<Projects.TaskPlatform_Api>(Name("api"))
            .InEnvironmentOf(builder)
            .ListeningOn(Port("Api:Port", 5380))
            .WithStreams(Port("Grpc:Port", 5381))
            .WithRedis(RedisSelection.Add(builder, this))
            .WithHttpHealthCheck("/health")
            .WithExternalHttpEndpoints()
            .WithUrlForEndpoint("http", url => url.DisplayText = "API")
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/openapi/v1.json", DisplayText = "OpenAPI" })
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/health", DisplayText = "Health" })
            .WithQueueCommands();
        api.WithOwnerName();
        return api;
    }

    private int Shifted(string key, int first)
    {
        var port = first + PortStep * Math.Max(0, number - 1);
        return port < 65536 ? port
            : throw new DistributedApplicationException($"{key} is {first}: {Id} would listen on {port}. Give a lower port, or Nodes:{number}:{key}.");
    }
}
