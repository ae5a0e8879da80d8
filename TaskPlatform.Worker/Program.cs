using TaskPlatform.Worker.Agents;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTaskPlatformClient("api");
builder.AddNamedAgent();
builder.Logging.AddFilter("Polly", LogLevel.Warning); // two lines for each call otherwise; the spans say the same

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
