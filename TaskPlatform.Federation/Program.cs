using Microsoft.Extensions.DependencyInjection.Extensions;
using Spectre.Console;
using TaskPlatform.Federation;
using TaskPlatform.Federation.Commands;

if (CommandLine.IsCommand(args)) return CommandLine.Run(args, AnsiConsole.Console);

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
return 0;
