using Aspire.Hosting.ApplicationModel;
using TaskPlatform.AppHost;
using TaskPlatform.AppHost.Review;

BuildMode.Announce();
var builder = DistributedApplication.CreateBuilder(Settings.Options(args));
#if ASPIRE
builder.AddPublishTarget();
#endif
var reviewsRoot = builder.ReviewsRoot();

var redis = builder.AddRedisSource("redis");

var federation = builder.AddProject<Projects.TaskPlatform_Federation>("federation")
    .InEnvironmentOf(builder)
    .ListeningOn("Federation:Port")
    .WithFederation(builder)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

var api = builder.AddProject<Projects.TaskPlatform_Api>("api")
    .InEnvironmentOf(builder)
    .ListeningOn("Api:Port")
    .WithStreams()
    .WithRedis(redis)
    .WithReference(federation)
    .WithFederation(builder)
    .WithEnvironment("Reviews__Root", reviewsRoot)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints()
    .WithUrlForEndpoint("http", url => url.DisplayText = "API")
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/openapi/v1.json", DisplayText = "OpenAPI" })
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/health", DisplayText = "Health" })
    .WithQueueCommands();
api.WithOwnerName();

var agents = new Agents(builder, api, reviewsRoot);
builder.AddReview(api, agents.Add("coder"), agents.Add("analyst").WithReplicas(2), agents.Add("reasoner"));

builder.Build().Run();
