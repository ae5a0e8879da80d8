using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Documentation;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRedisClient("redis");
builder.AddEndpoints();

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
app.MapAgentEndpoints();
app.MapQueueEndpoints();
app.Run();
