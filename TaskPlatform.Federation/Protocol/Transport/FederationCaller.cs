namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Who made a call, as the transport has authenticated it.</summary>
/// <param name="Id">The member's name in the federation file.</param>
public sealed record FederationCaller(string Id);
