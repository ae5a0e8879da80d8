using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Puts the HTTP interface into a service.</summary>
internal static class EndpointRegistration
{
    /// <summary>Adds what the endpoints need: limits, JSON, and the document that describes them.</summary>
    public static void AddEndpoints(this WebApplicationBuilder builder)
    {
        builder.AddKestrelSettings();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Dispatch>();
        builder.Services.AddSingleton(services => new BodyMemory(services.GetRequiredService<HttpLimits>().BodyMemoryBytes));
        builder.Services.Configure<JsonOptions>(UseWireJson);
        builder.Services.AddApiDocument();
    }

    /// <summary>Turns whatever a call ends with into an answer. Comes before everything that answers.</summary>
    public static void UseProblems(this WebApplication app) => app.UseMiddleware<ProblemMiddleware>();

    // Answers are written, and described, exactly as the client reads them; nothing is left to reflection.
    private static void UseWireJson(JsonOptions options)
    {
        var wire = WireJson.Default.Options;
        options.SerializerOptions.PropertyNamingPolicy = wire.PropertyNamingPolicy;
        options.SerializerOptions.DefaultIgnoreCondition = wire.DefaultIgnoreCondition;
        options.SerializerOptions.NumberHandling = wire.NumberHandling;
        options.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default);
        foreach (var converter in wire.Converters) options.SerializerOptions.Converters.Add(converter);
    }
}
