using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace TaskPlatform.Api.Endpoints;

/// <summary>The front door: says what this is and where to go on.</summary>
internal static class IndexEndpoint
{
    private static readonly ServiceIndex Index = new(
        "TaskPlatform", "Coordinates agents: they claim tasks, the service remembers.", "/openapi/v1.json", "/v1/queues", "/health", "/alive");

    public static void MapIndexEndpoint(this IEndpointRouteBuilder app) => app.MapGet("/", Get).ExcludeFromDescription();

    private static JsonHttpResult<ServiceIndex> Get() => TypedResults.Json(Index, IndexJson.Default.ServiceIndex);
}

/// <summary>What the front door says.</summary>
internal sealed record ServiceIndex(string Name, string Description, string OpenApi, string Queues, string Ready, string Live);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServiceIndex))]
internal sealed partial class IndexJson : JsonSerializerContext;
