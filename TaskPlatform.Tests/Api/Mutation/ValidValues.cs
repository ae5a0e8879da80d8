using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskPlatform.Tests.Api.Mutation;

/// <summary>Makes values that a schema of the document describes: from here mutations start, so that most get far.</summary>
/// <param name="document">The document, for references.</param>
/// <param name="names">Names that calls share.</param>
/// <param name="number">The request that they are for.</param>
/// <param name="random">Decides.</param>
/// <param name="grant">Whose token is to be shown; null: any.</param>
internal sealed class ValidValues(JsonElement document, Vocabulary names, int number, Random random, Grant? grant)
{
    // A wait makes a request slow and finds nothing.
    private const double MostWaitSeconds = 0.02;

    /// <param name="schema">What to make.</param>
    /// <param name="name">The field that it is for.</param>
    public JsonNode? Make(JsonElement schema, string name = "")
    {
        if (schema.TryGetProperty("$ref", out var reference)) return Make(Referred(reference.GetString()!), name);
        if (schema.TryGetProperty("oneOf", out var either)) return Make(Vocabulary.Pick([.. either.EnumerateArray().Where(one => !IsNull(one))], random), name);
        if (schema.TryGetProperty("enum", out var words)) return Vocabulary.Pick([.. words.EnumerateArray()], random).GetString();
        return TypeOf(schema) switch
        {
            "object" => MakeObject(schema),
            "array" => MakeArray(schema, name),
            "string" => MakeText(schema, name),
            "integer" => (long)MakeNumber(schema, name),
            "number" => MakeNumber(schema, name),
            "boolean" => random.Next(2) == 0,
            _ => Any(),
        };
    }

    private JsonObject MakeObject(JsonElement schema)
    {
        var made = new JsonObject();
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet() : [];
        if (schema.TryGetProperty("properties", out var fields))
        {
            // Few fields at a time, so that one bad value is not always hidden behind another.
            var odds = required.Count > 0 ? 5 : 3;
            foreach (var field in fields.EnumerateObject().Where(field => required.Contains(field.Name) || random.Next(odds) == 0))
                made[field.Name] = Make(field.Value, field.Name);
        }
        if (schema.TryGetProperty("additionalProperties", out var values) && values.ValueKind == JsonValueKind.Object)
            for (var count = random.Next(3); count > 0; count--) made[$"k{random.Next(3)}"] = Make(values, "value");
        return made;
    }

    private JsonArray MakeArray(JsonElement schema, string name)
    {
        var least = schema.TryGetProperty("minItems", out var given) ? given.GetInt32() : 0;
        var made = new JsonArray();
        for (var count = least + random.Next(3); count > 0; count--) made.Add(Make(schema.GetProperty("items"), name));
        return made;
    }

    private JsonNode MakeText(JsonElement schema, string name)
    {
        if (schema.TryGetProperty("format", out var format) && format.GetString() == "date-time")
            return DateTimeOffset.UnixEpoch.AddSeconds(random.NextInt64(4_000_000_000)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return (name == "leaseToken" ? grant?.Token : null) ?? names.ValueOf(name, number, random) ?? $"x{random.Next(100)}";
    }

    private double MakeNumber(JsonElement schema, string name)
    {
        if (name == "waitSeconds") return random.NextDouble() * MostWaitSeconds;
        var least = schema.TryGetProperty("minimum", out var minimum) ? minimum.GetDouble() : 0;
        var most = schema.TryGetProperty("maximum", out var maximum) ? maximum.GetDouble() : 1_000;
        return random.Next(4) switch { 0 => least, 1 => most, _ => least + random.NextDouble() * Math.Min(most - least, 100) };
    }

    private JsonNode? Any() => random.Next(4) switch { 0 => null, 1 => random.Next(), 2 => "value", _ => new JsonObject { ["n"] = new JsonArray(1, "two", null) } };

    private JsonElement Referred(string reference) => document.GetProperty("components").GetProperty("schemas").GetProperty(reference.Split('/')[^1]);

    private static bool IsNull(JsonElement schema) => schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "null";

    private static string? TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type)) return null;
        return type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()).First(one => one != "null") : type.GetString();
    }
}
