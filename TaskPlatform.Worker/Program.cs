using TaskPlatform.Worker.Agents;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTaskPlatformClient("api");
builder.AddReviewAgent();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
