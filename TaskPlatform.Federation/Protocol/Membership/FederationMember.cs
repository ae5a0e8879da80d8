namespace TaskPlatform.Federation.Protocol.Membership;

/// <summary>The aggregator or a node, as the federation file lists it.</summary>
/// <param name="Id">Its name: 1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first.</param>
/// <param name="Address">Where its port for members is: https, a host and a port, nothing else.</param>
/// <param name="IdentityKey">Its public signing key, that of its TLS certificate: <see cref="Suites.IdentityKey.PublicKey"/>, 64 bytes.</param>
/// <param name="SealingKey">The public key that tasks are sealed to, of suite 1 (<see cref="Suites.CipherSuites.P256"/>), 64 bytes. Empty for the aggregator: nothing is sealed for it.</param>
public sealed record FederationMember(string Id, Uri Address, byte[] IdentityKey, byte[] SealingKey);
