namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Who has sent the request: a feature of the context behind <c>RequireFederationMember</c>, checked by certificate and signature.</summary>
/// <param name="Id">The member's name in the federation file.</param>
public sealed record FederationCaller(string Id);

/// <summary>What the request brought: read, measured and checked when its signature was. A feature like the caller.</summary>
/// <param name="Bytes">The body.</param>
internal sealed record FederationBody(ReadOnlyMemory<byte> Bytes);
