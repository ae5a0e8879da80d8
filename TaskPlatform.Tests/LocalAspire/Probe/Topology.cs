using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace TaskPlatform.Tests.Probe;

/// <summary>Applications to try; <c>--Probe:Topology</c> names one.</summary>
internal static class Topology
{
    public static void Run(string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(
            new DistributedApplicationOptions { Args = args, DisableDashboard = !args.Contains("--Probe:Dashboard=true") });
        switch (builder.Configuration["Probe:Topology"])
        {
            case "references": References(builder); break;
            case "waits": Waits(builder); break;
            case "secret": AddService(builder, "web").WithEnvironment("KEY", builder.AddParameter("key", secret: true)); break;
            case "replicas": AddService(builder, "web").WithReplicas(2); break;
            case "locks": Locks(builder); break;
            case "order": Order(builder); break;
            case "dies": builder.AddExecutable("mortal", "/bin/sh", ".", "-c", "printf '\\033[31mthe first line\\033[0m\\n'; echo the last line >&2; exit 3"); break;
            case "missing-tool": builder.AddExecutable("needy", "no-such-tool", "."); break;
            case "not-built": builder.AddProject<NotBuilt>("unbuilt"); break;
            default: AddService(builder, "web"); break;
        }
        builder.Build().Run();
    }

    private static IResourceBuilder<ProjectResource> AddService(IDistributedApplicationBuilder builder, string name) =>
        builder.AddProject<Projects.TaskPlatform_Tests_Probe>(name)
            .WithArgs("serve")
            .WithHttpEndpoint(port: builder.Configuration.GetValue<int?>("Probe:Port"))
            .WithHttpHealthCheck("/health");

    private static void References(IDistributedApplicationBuilder builder)
    {
        var web = AddService(builder, "web-site");
        var store = builder.AddExecutable("store", "/bin/sh", ".", "-c", "sleep 1000").WithEndpoint(name: "redis", scheme: "tcp", isProxied: false);
        var redis = builder.AddConnectionString("redis", ReferenceExpression.Create(
            $"{store.GetEndpoint("redis").Property(EndpointProperty.HostAndPort)},abortConnect=false"));
        AddService(builder, "client")
            .WithReference(web)
            .WithReference(redis)
            .WithReference(builder.AddConnectionString("given"))
            .WithEnvironment("KEY", builder.AddParameter("key", secret: true))
            .WithEnvironment("ADDRESS", web.GetEndpoint("http"))
            .WithEnvironment("TEXT", "as it is");
    }

    private static void Waits(IDistributedApplicationBuilder builder)
    {
        var first = AddService(builder, "first").WithEnvironment("Probe__Unready", "true");
        AddService(builder, "second").WaitFor(first);
    }

    /// <summary>Processes that hold a lock, and hand it to a process of their own; the file is free when the last of them is gone.</summary>
    private static void Locks(IDistributedApplicationBuilder builder)
    {
        var file = builder.Configuration["Probe:Lock"]!;
        builder.AddExecutable("polite", "/bin/sh", ".", "-c", "exec 9>>\"$1\"; flock -s 9; echo holds; sleep 1000 & wait", "sh", file);
        builder.AddExecutable("stubborn", "/bin/sh", ".", "-c", "trap '' TERM INT HUP; exec 9>>\"$1\"; flock -s 9; echo holds; sleep 1000 & wait", "sh", file);
    }

    private static void Order(IDistributedApplicationBuilder builder)
    {
        var store = AddService(builder, "store");
        var api = AddService(builder, "api").WaitFor(store);
        AddService(builder, "agent").WaitFor(api);
    }

    private sealed class NotBuilt : IProjectMetadata
    {
        public string ProjectPath => "/nowhere/Not.Built.csproj";
    }
}
