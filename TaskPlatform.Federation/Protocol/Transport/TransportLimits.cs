namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Figures that both ends of the transport share.</summary>
internal static class TransportLimits
{
    /// <summary>What stands in the tag of each signature, so that one made for something else never counts here.</summary>
    public const string Tag = "taskplatform-federation";

    /// <summary>RFC 9421, 3.3.4.</summary>
    public const string Algorithm = "ecdsa-p256-sha256";

    /// <summary>Headers that begin so are part of the protocol, and signed where they are.</summary>
    public const string HeaderPrefix = "federation-";

    /// <summary>How long a signature is good: from created to expires.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(60);

    /// <summary>How much the clocks of two members may differ.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    /// <summary>A signature is taken from 30 s before created to 30 s after expires. A nonce is remembered that long, counted from when it came.</summary>
    public static readonly TimeSpan NonceMemory = Validity + 2 * ClockTolerance;

    /// <summary>How many nonces of a member are remembered: about 1,000 messages a second, in at most 5 MB.</summary>
    public const int NoncesPerMember = 131_072;

    /// <summary>What a request may bring unless a route says otherwise, and what an answer may.</summary>
    public const int MaxBodyBytes = 1 << 20;

    /// <summary>Longer fields of signatures are not looked at.</summary>
    public const int MaxFieldLength = 2_048;
}
