namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>A call to another member whose answer cannot be trusted, or that the member refused. To whoever calls it is a failed call like any other.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">In a sentence, with the member and what to do.</param>
/// <param name="inner">What the platform said, if it did.</param>
public sealed class FederationTransportException(TransportReason reason, string message, Exception? inner = null) : HttpRequestException(message, inner)
{
    /// <summary>Why.</summary>
    public TransportReason Reason { get; } = reason;
}
