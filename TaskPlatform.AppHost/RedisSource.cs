using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace TaskPlatform.AppHost;

/// <summary>Where Redis comes from, as <c>Redis:Mode</c> names it.</summary>
internal enum RedisMode
{
    /// <summary>A server that runs elsewhere; <c>ConnectionStrings:redis</c> says where.</summary>
    External,
    /// <summary>A container. Needs the Aspire packages and a container engine.</summary>
    Container,
    /// <summary>A process of this application: redis-server, else Garnet.</summary>
    Local,
}

/// <summary>Redis as the others see it.</summary>
/// <param name="Connection">What is handed over as its connection string.</param>
/// <param name="Server">What must be ready first; null where somebody else runs it.</param>
internal sealed record RedisSource(IResourceBuilder<IResourceWithConnectionString> Connection, IResourceBuilder<IResource>? Server);

/// <summary>Chooses where Redis comes from.</summary>
internal static class RedisSelection
{
    /// <summary>Adds Redis, from the first of: a given connection string, a container, a process.</summary>
    public static RedisSource Add(IDistributedApplicationBuilder builder, Node node) => Choose(builder, node.Name("redis")) switch
    {
        RedisMode.External => new RedisSource(builder.AddConnectionString(node.Name("redis")), null),
        RedisMode.Local => LocalRedis.Add(builder, node),
        _ => AddContainer(builder, node),
    };

    /// <summary>Hands over the connection string, and waits until the server answers where this application runs it.</summary>
    public static IResourceBuilder<ProjectResource> WithRedis(this IResourceBuilder<ProjectResource> project, RedisSource redis)
    {
        project.WithReference(redis.Connection, connectionName: "redis");
        return redis.Server is null ? project : project.WaitFor(redis.Server);
    }

    private static RedisMode Choose(IDistributedApplicationBuilder builder, string name)
    {
        // What is published runs elsewhere: nothing about this machine matters.
        if (builder.ExecutionContext.IsPublishMode) return RedisMode.Container;
        if (builder.Configuration["Redis:Mode"] is { Length: > 0 } text)
        {
            return Enum.TryParse<RedisMode>(text, ignoreCase: true, out var mode) && Enum.IsDefined(mode) ? mode
                : throw new DistributedApplicationException($"Redis:Mode is '{text}'. Give external, container or local, or leave it out.");
        }
        if (builder.Configuration.GetConnectionString(name) is { Length: > 0 }) return RedisMode.External;
#if ASPIRE
        if (ContainerRedis.EngineAnswers()) return RedisMode.Container;
#endif
        return RedisMode.Local;
    }

    private static RedisSource AddContainer(IDistributedApplicationBuilder builder, Node node) =>
#if ASPIRE
        ContainerRedis.Add(builder, node);
#else
        throw new DistributedApplicationException(
            $"'{node.Name("redis")}' in a container needs the Aspire packages. Build with -p:UseAspire=true, or set Redis:Mode to local or external.");
#endif
}
