using Microsoft.OpenApi;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>Fields that answers repeat from requests mean the same there: what their comments inherit, the document does too.</summary>
internal static class InheritedNotes
{
    private static readonly (string To, string From)[] Pairs =
    [
        (nameof(TaskInfo), nameof(SubmitTask)), (nameof(HeartbeatReply), nameof(LeaseInfo)), (nameof(ScheduleInfo), nameof(ScheduleSettings)),
        (nameof(RouteInfo), nameof(RouteSettings)),
    ];

    public static void Copy(OpenApiDocument document)
    {
        if (document.Components?.Schemas is not { } schemas) return;
        foreach (var (to, from) in Pairs)
        {
            if (schemas[to].Properties is not { } fields || schemas[from].Properties is not { } sources) continue;
            foreach (var (name, field) in fields)
            {
                if (sources.TryGetValue(name, out var source)) Copy(field, source);
            }
        }
    }

    private static void Copy(IOpenApiSchema field, IOpenApiSchema source)
    {
        // A field that may be missing refers to its type beside null: what is said of the field stands with the reference.
        if (TextOf(field) is null && TextOf(source) is { } text) (ReferenceIn(field) ?? field).Description = text;
    }

    // A reference without words of its own shows those of its type.
    private static string? TextOf(IOpenApiSchema schema) => ReferenceIn(schema) is { } reference ? reference.Reference.Description : schema.Description;

    private static OpenApiSchemaReference? ReferenceIn(IOpenApiSchema schema)
        => schema as OpenApiSchemaReference ?? schema.OneOf?.OfType<OpenApiSchemaReference>().FirstOrDefault();
}
