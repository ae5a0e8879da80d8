using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>What the types cannot say for themselves: the shapes behind converters, and the ranges of numbers.</summary>
internal static class SchemaNotes
{
    private static readonly Dictionary<string, (double Least, double Most)> Ranges = new()
    {
        ["maxAttempts"] = (1, RequestLimits.Attempts),
        ["leaseSeconds"] = (RequestLimits.ShortestSeconds, RequestLimits.DaySeconds),
        ["attemptTimeoutSeconds"] = (RequestLimits.ShortestSeconds, RequestLimits.WeekSeconds),
        ["stallSeconds"] = (RequestLimits.ShortestSeconds, RequestLimits.WeekSeconds),
        ["initialSeconds"] = (0, RequestLimits.DaySeconds),
        ["maxSeconds"] = (0, RequestLimits.DaySeconds),
        ["waitSeconds"] = (0, RequestLimits.WaitSeconds),
        ["retryAfterSeconds"] = (0, RequestLimits.WeekSeconds),
        ["ageingSeconds"] = (0, RequestLimits.YearSeconds),
        ["max"] = (1, RequestLimits.ClaimTasks),
        ["maxConcurrency"] = (1, RequestLimits.Concurrency),
        ["progress"] = (0, 1),
        ["confidence"] = (0, 1),
        ["tokens"] = (0, RequestLimits.UsageTokens),
        ["cost"] = (0, RequestLimits.UsageCost),
    };

    public static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(RawJson)) schema.Description = "Any JSON value, at most 256 KiB, kept byte for byte.";
        else if (context.JsonPropertyInfo?.PropertyType == typeof(IReadOnlyList<Dependency>)) schema.Items = Dependency();
        else if (context.JsonPropertyInfo is { } property && Ranges.TryGetValue(property.Name, out var range)) Limit(schema, range.Least, range.Most);
        return Task.CompletedTask;
    }

    private static void Limit(OpenApiSchema schema, double least, double most)
    {
        schema.Minimum = least.ToString(System.Globalization.CultureInfo.InvariantCulture);
        schema.Maximum = most.ToString("0", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static OpenApiSchema Dependency() => new()
    {
        Description = "A task id, or an object with the outcome that lets this task go on.",
        OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.String },
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "id" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["id"] = new OpenApiSchema { Type = JsonSchemaType.String },
                    ["on"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["success", "finish", "failure"] },
                },
            },
        ],
    };
}
