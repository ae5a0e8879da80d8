using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskPlatform.Federation.Protocol.Membership;

/// <summary>The federation file as JSON. Anything may be missing here, so that every error can be told by its field.</summary>
internal sealed record FederationJson
{
    public string? FederationId { get; init; }

    public ulong? Epoch { get; init; }

    public int? Suite { get; init; }

    public double? Sigma { get; init; }

    public uint? Clip { get; init; }

    public int? MinimumCohort { get; init; }

    public double? PeriodSeconds { get; init; }

    public string?[]? Types { get; init; }

    public MemberJson? Aggregator { get; init; }

    public MemberJson?[]? Nodes { get; init; }

    /// <summary>Set, not init: an extension of JSON may not be bound by a constructor.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A member in it. Keys are Base64; the aggregator has no sealing key.</summary>
internal sealed record MemberJson
{
    public string? Id { get; init; }

    public string? Address { get; init; }

    public string? IdentityKey { get; init; }

    public string? SealingKey { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    WriteIndented = true)]
[JsonSerializable(typeof(FederationJson))]
internal sealed partial class FederationJsonContext : JsonSerializerContext
{
    /// <summary>Keys stand in the file as other tools write Base64, so that people can compare them: a plus is a plus.</summary>
    public static FederationJsonContext Legible() => new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
