using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Spectre.Console;
using TaskPlatform.Federation;
using TaskPlatform.Federation.Commands;
using TaskPlatform.Federation.Rounds;

if (CommandLine.IsCommand(args)) return CommandLine.Run(args, AnsiConsole.Console);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls(RoundRegistration.DefaultUrls);

builder.Services.AddOptions<FederationOptions>().BindConfiguration(FederationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<FederationOptions>, FederationRules>();
builder.Services.TryAddSingleton(TimeProvider.System);
var hasRounds = builder.TryAddRounds();

var app = builder.Build();
app.MapDefaultEndpoints();
if (hasRounds) app.MapRounds();
else app.Map("/v1/{**path}", () => Problems.Disabled);
app.Run();
return 0;
