using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>The OpenAPI document, made from the endpoints, the wire types and what <see cref="CallDescriptions"/> says.</summary>
internal static class ApiDocument
{
    private const string Address = "/openapi/{documentName}.json";

    private const string About =
        """
        Agents claim tasks, work on them under a lease, and settle them. Times are RFC 3339 in UTC, durations are seconds. Unknown fields are
        refused by name. Every POST takes an Idempotency-Key. A 503 may have happened or not: repeat it with the same key, id, claimId or token.
        Lists of thousands (graphs, batches) answer tasks in short: without payload, result, checkpoint, inputs and what only the submit said.
        """;

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "TaskPlatform";
            document.Info.Version = "1";
            document.Info.Description = About;
            // The address that the document was asked for under says enough, and is not always the one callers use.
            document.Servers = [];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer<CallTransformer>();
        options.AddSchemaTransformer(SchemaNotes.TransformAsync);
    });

    public static void MapApiDocument(this IEndpointRouteBuilder app) => app.MapOpenApi(Address);
}
