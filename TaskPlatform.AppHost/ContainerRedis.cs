using System.ComponentModel;
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.AppHost;

/// <summary>Redis in a container, with its data in a volume. Part of the build with the Aspire packages alone.</summary>
internal static class ContainerRedis
{
    private static readonly string[] Durable =
        ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"];

    /// <summary>Adds the container.</summary>
    public static RedisSource Add(IDistributedApplicationBuilder builder, Node node)
    {
        var redis = builder.AddRedis(node.Name("redis"), node.AskedPort("Redis:Port")).WithArgs(MakeDurable);
        // A data folder of one's own means: not the data of everybody's runs.
        if (builder.Configuration["Data:Root"] is not { Length: > 0 }) redis.WithDataVolume();
        if (bool.TryParse(builder.Configuration["Redis:Insight"], out var hasInsight) && hasInsight) redis.WithRedisInsight();
        return new RedisSource(redis, redis);
    }

    /// <summary>Whether docker or podman can start containers here.</summary>
    public static bool EngineAnswers() => Answers("docker") || Answers("podman");

    // A published container runs one shell command, after which further arguments are ignored: they must stand inside it.
    private static void MakeDurable(CommandLineArgsCallbackContext context)
    {
        if (context.ExecutionContext.IsPublishMode && context.Args.Count > 0)
            context.Args[^1] = $"{context.Args[^1]} {string.Join(' ', Durable)}";
        else
            foreach (var argument in Durable) context.Args.Add(argument);
    }

    private static bool Answers(string engine)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(engine, "info") { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null) return false;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(TimeSpan.FromSeconds(5))) return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false; // not installed
        }
    }
}
