using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Federation;

/// <summary>How the federation's figures are written. A field that is not known here is passed over: a newer aggregator may tell more.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FederationReport))]
public sealed partial class FederationJson : JsonSerializerContext;
