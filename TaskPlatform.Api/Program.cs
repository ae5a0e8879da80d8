using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Federation;
using TaskPlatform.Api.Grpc;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Reviews;
using TaskPlatform.Api.Store;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
// Only its health check uses this connection; the store makes its own.
builder.AddRedisClient("redis", configureOptions: RedisConnections.TellSoon);
builder.AddEndpoints();
builder.AddTaskStreams();
builder.AddQueueStore();
builder.AddQueues();
builder.AddFederationNode();
builder.AddReviews();

var app = builder.Build();
app.UseProblems();
app.MapDefaultEndpoints();
app.MapIndexEndpoint();
app.MapApiDocument();
app.MapTaskEndpoints();
app.MapTaskListEndpoint();
app.MapBatchEndpoints();
app.MapGraphEndpoints();
app.MapLeaseEndpoints();
app.MapWaitEndpoints();
app.MapTaskChangeEndpoints();
app.MapBulkEndpoints();
app.MapScheduleEndpoints();
app.MapAgentEndpoints();
app.MapMetricsEndpoint();
app.MapQueueEndpoints();
app.MapReviewEndpoints();
app.MapTaskStreams();
app.Run();
