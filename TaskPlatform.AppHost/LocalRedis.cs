using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost;

/// <summary>Redis as a process of this application, with its data in a folder that outlives it.</summary>
internal static class LocalRedis
{
    private const int UsualPort = 16379;

    // redis as scheme: the stand-in asks such an endpoint PING before it calls it healthy.
    private const string Endpoint = "redis";

    /// <summary>redis-server where it is on the PATH, else Garnet, which the build restores as a tool.</summary>
    public static RedisSource Add(IDistributedApplicationBuilder builder, Node node)
    {
        var (name, port) = (node.Name("redis"), node.Port("Redis:Port", UsualPort));
        var server = IsOnPath("redis-server") ? AddRedisServer(builder, name, port, node.Data) : AddGarnet(builder, name, port, node.Data);
        server.WithEndpoint(port: port, targetPort: port, scheme: Endpoint, name: Endpoint, isProxied: false);
#if ASPIRE
        RedisPing.Check(server, port);
#endif
        var address = server.GetEndpoint(Endpoint);
        var connection = builder.AddConnectionString(name, ReferenceExpression.Create(
            $"{address.Property(EndpointProperty.IPV4Host)}:{address.Property(EndpointProperty.Port)}"));
        return new RedisSource(connection, server);
    }

    // An append-only file synced before each answer: nothing that was acknowledged is lost, whatever ends the process.
    private static IResourceBuilder<ExecutableResource> AddRedisServer(IDistributedApplicationBuilder builder, string name, int port, string data)
    {
        var folder = Directory.CreateDirectory(Path.Combine(data, "redis")).FullName;
        return builder.AddExecutable($"{name}-server", "redis-server", folder,
            "--port", Text(port), "--bind", "127.0.0.1", "--dir", folder, "--daemonize", "no", "--loglevel", "warning",
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction");
    }

    // Its native device needs libraries that not every system has, hence RandomAccess. Without commit-wait it forgets acknowledged writes
    // when it is killed, without a transaction mode its scripts are not atomic.
    private static IResourceBuilder<ExecutableResource> AddGarnet(IDistributedApplicationBuilder builder, string name, int port, string data)
    {
        var folder = Directory.CreateDirectory(Path.Combine(data, "garnet")).FullName;
        return builder.AddExecutable($"{name}-server", "dotnet", builder.RepositoryRoot(),
            "tool", "run", "garnet-server", "--",
            "--port", Text(port), "--bind", "127.0.0.1", "--checkpointdir", folder, "--device-type", "RandomAccess",
            "--aof", "--aof-commit-wait", "--recover", "--lua", "--lua-transaction-mode");
    }

    private static bool IsOnPath(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, tool)) || File.Exists(Path.Combine(folder, tool + ".exe")));

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
