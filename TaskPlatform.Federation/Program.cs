using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TaskPlatform.Federation;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls("http://127.0.0.1:5390");

builder.Services.AddOptions<FederationOptions>().BindConfiguration(FederationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<FederationOptions>, FederationRules>();
builder.Services.TryAddSingleton(TimeProvider.System);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
