namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>The suites this version knows.</summary>
public static class CipherSuites
{
    /// <summary>Suite 1, the default: P-256, AES-256-CTR, AES-256-GCM. Nothing but the platform's own primitives.</summary>
    public static ICipherSuite P256 { get; } = new P256Suite();

    /// <summary>Suite 2: X25519 (libsodium, by NSec), ChaCha20, ChaCha20-Poly1305. Faster key agreement.</summary>
    public static ICipherSuite X25519 { get; } = new X25519Suite();

    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<ICipherSuite> All { get; } = [P256, X25519];
}
