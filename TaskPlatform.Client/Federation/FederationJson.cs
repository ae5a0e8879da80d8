using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Federation;

/// <summary>How the federation's bodies are written. Unknown fields are refused by name, in both directions.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(NodeRegistration))]
[JsonSerializable(typeof(NodeRegistered))]
[JsonSerializable(typeof(NodeSummary))]
[JsonSerializable(typeof(FederationReport))]
public sealed partial class FederationJson : JsonSerializerContext;
