using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;
using TaskPlatform.Client.Wire;

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

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Tasks", "Submit, read, list, change, retry, cancel and delete tasks."),
        ("Batches", "Many submits or settlements in one call, each for itself."),
        ("Graphs", "Tasks submitted together with their dependencies."),
        ("Leases", "What agents call: claim, heartbeat, complete, fail, release."),
        ("Waiting", "What makes a task wait, and what lets it go on: children, questions, answers."),
        ("Bulk", "The same for all tasks that match."),
        ("Schedules", "Tasks to be made at times."),
        ("Agents", "Who takes tasks, and how they do."),
        ("Queues", "List, read, set, pause and watch queues."),
        ("Reviews", "Reviews of C# code: each is a graph of tasks."),
    ];

    public static void AddApiDocument(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Transient<IApiDescriptionProvider, BodyDescriptions>());
        // A lambda, for the generator that brings the comments in knows no other form of this call.
        services.AddOpenApi(options => Describe(options));
    }

    public static void MapApiDocument(this IEndpointRouteBuilder app) => app.MapOpenApi(Address);

    private static void Describe(OpenApiOptions options)
    {
        options.CreateSchemaReferenceId = type => SchemaNotes.HasNull(type.Type) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer<CallTransformer>();
        options.AddSchemaTransformer(SchemaNotes.TransformAsync);
        options.AddDocumentTransformer((document, _, _) =>
        {
            InheritedNotes.Copy(document);
            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info.Title = "TaskPlatform";
        document.Info.Version = "1";
        document.Info.Description = About;
        document.Info.License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" };
        // Where the document was asked for: the service knows no other address of its own.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
    }
}
