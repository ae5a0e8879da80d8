using Microsoft.Extensions.DependencyInjection.Extensions;
using TaskPlatform.Federation;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls("http://127.0.0.1:5390");

builder.Services.AddOptions<FederationOptions>().BindConfiguration(FederationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.TryAddSingleton(TimeProvider.System);
builder.Services.AddSingleton<NodeRegistry>();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapFederationEndpoints();
app.Run();
