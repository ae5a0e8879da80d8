namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>A message as signatures see it, on either end.</summary>
internal interface ISignedMessage
{
    /// <summary>The body, whole.</summary>
    ReadOnlySpan<byte> Body { get; }

    /// <summary>The value of a component: several lines of a header joined with a comma and a space (RFC 9421, 2.1). Null if the message has none.</summary>
    string? Find(CoveredComponent component);

    /// <summary>The names of the headers that must be covered where they are, in small letters and any order.</summary>
    IEnumerable<string> ProtocolHeaders { get; }
}
