using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>Adds to each call what its handler reads and refuses for itself: parameters, body, answers and problems.</summary>
internal sealed class CallTransformer : IOpenApiOperationTransformer
{
    private const string Json = "application/json";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Security = []; // nobody is asked who they are
        operation.Description = CallNotes.Of(operation.OperationId);
        AddParameters(operation, context);
        if (metadata.OfType<BodyMetadata>().SingleOrDefault() is { } body) AddExample(operation, body);
        operation.Responses ??= [];
        foreach (var answer in metadata.OfType<AnswerMetadata>())
        {
            if (operation.Responses.GetValueOrDefault($"{answer.Status}") is OpenApiResponse { Content.Count: > 0 } known) known.Description = answer.Description;
            else operation.Responses[$"{answer.Status}"] = Answer(answer);
        }
        if (metadata.OfType<RefusalMetadata>().SingleOrDefault() is { } refusals)
            await AddProblemsAsync(operation.Responses, [.. Always(context), .. refusals.Names], context, cancellationToken);
    }

    private static void AddParameters(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        operation.Parameters ??= [];
        var pattern = RoutePatternFactory.Parse(context.Description.RelativePath ?? "");
        foreach (var parameter in pattern.Parameters) operation.Parameters.Add(PathParameter(parameter.Name));
        foreach (var query in context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryMetadata>()) operation.Parameters.Add(QueryParameter(query));
        if (context.Description.HttpMethod == "POST") operation.Parameters.Add(KeyParameter());
    }

    private static OpenApiParameter PathParameter(string name) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Pattern = name switch
            {
                Routes.QueueValue => FieldLimits.Queue,
                Routes.NameValue => FieldLimits.Name,
                _ => FieldLimits.Id,
            },
        },
    };

    private static OpenApiParameter QueryParameter(QueryMetadata query) => new()
    {
        Name = query.Name,
        In = ParameterLocation.Query,
        Description = query.Description,
        Schema = new OpenApiSchema { Type = query.IsNumber ? JsonSchemaType.Number : JsonSchemaType.String },
    };

    private static OpenApiParameter KeyParameter() => new()
    {
        Name = "Idempotency-Key",
        In = ParameterLocation.Header,
        Description = "1 to 255 printable ASCII characters, kept for 24 hours: a repeat under the same key is not carried out twice.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
    };

    private static void AddExample(OpenApiOperation operation, BodyMetadata body)
    {
        if (operation.RequestBody is not OpenApiRequestBody { Content: { } content } request) return;
        request.Required = body.IsRequired;
        if (content.TryGetValue(Json, out var type) && type is OpenApiMediaType json) json.Example = Examples.Of(body.Type);
    }

    private static OpenApiResponse Answer(AnswerMetadata answer)
    {
        var response = new OpenApiResponse { Description = answer.Description };
        if (answer.ContentType.Length > 0)
            response.Content = new Dictionary<string, OpenApiMediaType> { [answer.ContentType] = new() { Schema = new OpenApiSchema() } };
        return response;
    }

    /// <summary>What any call may end with, by its method: every body may be too large, every POST may show a key that was used.</summary>
    private static IEnumerable<string> Always(OpenApiOperationTransformerContext context) => context.Description.HttpMethod switch
    {
        "POST" =>
        [
            ProblemTypes.InvalidRequest, ProblemTypes.IdempotencyMismatch, ProblemTypes.PayloadTooLarge, ProblemTypes.QueueUnavailable,
            ProblemTypes.QueueFull,
        ],
        "PUT" or "PATCH" => [ProblemTypes.InvalidRequest, ProblemTypes.PayloadTooLarge, ProblemTypes.QueueUnavailable, ProblemTypes.QueueFull],
        _ => [ProblemTypes.InvalidRequest, ProblemTypes.QueueUnavailable, ProblemTypes.QueueFull],
    };

    private static async Task AddProblemsAsync(
        OpenApiResponses responses, IReadOnlyList<string> names, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await SchemaAsync(typeof(Problem), context, cancellationToken);
        foreach (var status in names.GroupBy(Problems.StatusOf).OrderBy(status => status.Key))
        {
            responses[$"{status.Key}"] = new OpenApiResponse
            {
                Description = string.Join(" ", status.Distinct().Select(name => $"{name}: {Problems.TitleOf(name)}")),
                Content = new Dictionary<string, OpenApiMediaType> { [Problems.ContentType] = new() { Schema = schema } },
            };
        }
    }

    private static async Task<IOpenApiSchema> SchemaAsync(Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(type, null, cancellationToken);
        if (context.Document is not { } document) return schema;
        document.AddComponent(type.Name, schema);
        return new OpenApiSchemaReference(type.Name, document);
    }
}
