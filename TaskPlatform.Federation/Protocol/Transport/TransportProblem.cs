using System.Text.Json.Serialization;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>A refusal as an RFC 9457 problem.</summary>
/// <param name="Type">Always the same.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Status">The answer's.</param>
/// <param name="Detail">What was expected.</param>
/// <param name="Reason">The name of a <see cref="TransportReason"/>.</param>
internal sealed record TransportProblem(string Type, string Title, int Status, string Detail, TransportReason Reason)
{
    public const string ContentType = "application/problem+json";

    public const string RefusedType = "urn:taskplatform:problem:federation-message-refused";

    public static TransportProblem Of(TransportRefusal refusal, int status) =>
        new(RefusedType, "The message is not taken", status, refusal.Detail, refusal.Reason);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TransportProblem))]
internal sealed partial class TransportProblemContext : JsonSerializerContext;
