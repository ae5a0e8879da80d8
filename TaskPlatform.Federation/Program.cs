using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TaskPlatform.Federation;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Rounds;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls("http://127.0.0.1:5390");

builder.Services.AddOptions<FederationOptions>().BindConfiguration(FederationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<FederationOptions>, FederationRules>();
builder.Services.TryAddSingleton(TimeProvider.System);
var options = builder.Configuration.GetSection(FederationOptions.Section).Get<FederationOptions>();
var file = options is { Enabled: true, File: { } path } ? FederationFile.Load(path) : null;
if (file is not null) builder.Services.AddRounds(file);

var app = builder.Build();
app.MapDefaultEndpoints();
if (file is not null)
{
    app.MapFigures();
    app.MapExchange();
}
else app.Map("/v1/{**path}", () => Problems.Disabled);
app.Run();
