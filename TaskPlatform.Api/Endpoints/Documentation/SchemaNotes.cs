using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>What the types cannot say for themselves: the shapes behind converters, and what <see cref="FieldLimits"/> says of fields.</summary>
internal static class SchemaNotes
{
    private const string AnyValue = "Any JSON value, at most 256 KiB, kept byte for byte.";

    /// <summary>Whether null is one of a type's own values: beside a null that means nothing, the document would contradict itself.</summary>
    public static bool HasNull(Type type) => IsRaw(type) || Plain(type) == typeof(NewTime);

    public static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (IsRaw(type)) schema.Description ??= AnyValue;
        else if (Plain(type) == typeof(DateTimeOffset)) schema.Type = JsonSchemaType.String | (type == typeof(DateTimeOffset) ? 0 : JsonSchemaType.Null);
        else if (Plain(type) == typeof(NewTime)) (schema.Type, schema.Format) = (JsonSchemaType.String | JsonSchemaType.Null, "date-time");
        else if (Plain(type).IsEnum) Choose(schema);
        else if (type == typeof(EmptyRequest)) schema.AdditionalPropertiesAllowed = false;
        else if (context.JsonPropertyInfo is null && FieldLimits.RequiredOf(type) is { Count: > 0 } required) schema.Required = required.ToHashSet();
        if (context.JsonPropertyInfo is { } property) Describe(schema, property);
        return Task.CompletedTask;
    }

    private static void Describe(OpenApiSchema schema, JsonPropertyInfo property)
    {
        if (property.PropertyType == typeof(IReadOnlyList<Dependency>)) schema.Items = Dependency();
        if (property.PropertyType == typeof(IReadOnlyDictionary<string, string?>) && property.DeclaringType == typeof(PatchTask))
            schema.AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null };
        if (FieldLimits.RequiredOf(property.DeclaringType).Contains(property.Name)) schema.Type &= ~JsonSchemaType.Null;
        if (FieldLimits.RangeOf(property) is { } range) Limit(schema.AdditionalProperties as OpenApiSchema ?? schema, range.Least, range.Most);
        if (FieldLimits.PatternOf(property) is { } pattern) schema.Pattern = pattern;
        if (FieldLimits.LengthOf(property) is { } length) (schema.MinLength, schema.MaxLength) = (1, length);
        if (FieldLimits.ItemsOf(property) is { } items) (schema.MinItems, schema.MaxItems) = items;
        if (FieldLimits.EntriesOf(property) is { } entries) schema.MaxProperties = entries;
    }

    // Whether a field may be missing is the field's affair, not that of the words it is chosen from.
    private static void Choose(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.String;
        schema.Enum = [.. schema.Enum?.Where(word => word?.GetValueKind() == JsonValueKind.String) ?? []];
    }

    private static bool IsRaw(Type type) => Plain(type) == typeof(RawJson);

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static void Limit(OpenApiSchema schema, double least, double most)
    {
        schema.Minimum = least.ToString(CultureInfo.InvariantCulture);
        schema.Maximum = most.ToString("0", CultureInfo.InvariantCulture);
    }

    private static OpenApiSchema Dependency() => new()
    {
        Description = "A task id, or an object with the outcome that lets this task go on.",
        OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.String, Pattern = FieldLimits.Id },
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "id" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["id"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = FieldLimits.Id, Description = "The task." },
                    ["on"] = new OpenApiSchema
                    {
                        Type = JsonSchemaType.String,
                        Enum = ["success", "finish", "failure"],
                        Description = "What has to happen to it; success when unset.",
                    },
                },
            },
        ],
    };
}
