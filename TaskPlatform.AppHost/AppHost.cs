using TaskPlatform.AppHost;
using TaskPlatform.AppHost.Burst;
using TaskPlatform.AppHost.Nodes;
using TaskPlatform.AppHost.Review;

BuildMode.Announce();
var builder = DistributedApplication.CreateBuilder(Settings.Options(args));
#if ASPIRE
builder.AddPublishTarget();
#endif

var federation = builder.AddProject<Projects.TaskPlatform_Federation>("federation")
    .InEnvironmentOf(builder)
    .ListeningOn(builder.PortSetting("Federation:Port") ?? 5390)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

var count = builder.NodeCount();
if (count == 1)
{
    builder.RefuseBurst();
    federation.WithFederation(builder, "Aggregator");
    var reviewsRoot = builder.ReviewsRoot();
    var api = new Node(builder, 0).AddApi()
        .WithReference(federation)
        .WithFederation(builder, "Federation")
        .WithEnvironment("Reviews__Root", reviewsRoot);
    var agents = new ReviewAgents(builder, api, reviewsRoot);
    builder.AddReview(api, agents.Add("coder"), agents.Add("analyst").WithReplicas(2), agents.Add("reasoner"));
}
else
{
    builder.RefuseReview();
    Node[] nodes = [.. Enumerable.Range(1, count).Select(number => new Node(builder, number))];
    var members = new LocalFederation(builder, nodes);
    members.AddAggregator(federation);
    var services = nodes.Select(node =>
    {
        var api = node.AddApi();
        members.AddNode(node, api);
        return (api, builder.AddDemoAgent(node, api));
    });
    builder.AddBurst(federation, [.. services]);
}

builder.Build().Run();
