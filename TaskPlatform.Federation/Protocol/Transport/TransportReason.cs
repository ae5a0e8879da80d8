namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Why a message of a member is not taken. The names stand in the problem that answers it.</summary>
public enum TransportReason
{
    /// <summary>There is no signature.</summary>
    SignatureMissing,

    /// <summary>The fields of the signature are not what RFC 9421 has there.</summary>
    SignatureMalformed,

    /// <summary>There is more than one.</summary>
    SeveralSignatures,

    /// <summary>It does not cover something that it must.</summary>
    ComponentMissing,

    /// <summary>It covers something that is not in the message, or that may not be covered.</summary>
    ComponentUnknown,

    /// <summary>One of created, expires, nonce, keyid, alg and tag is missing.</summary>
    ParameterMissing,

    /// <summary>It was made for something else.</summary>
    WrongTag,

    /// <summary>It is of another algorithm than ecdsa-p256-sha256.</summary>
    WrongAlgorithm,

    /// <summary>The signer is not the one whose certificate the connection has, or who was called; it may be nobody.</summary>
    OtherMember,

    /// <summary>The certificate holds no key of a member.</summary>
    CertificateUnlisted,

    /// <summary>Today is not within the certificate's dates.</summary>
    CertificateExpired,

    /// <summary>It was made later than now: clocks differ by more than 30 s.</summary>
    CreatedInFuture,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It would be good for more than 60 s, or for no time.</summary>
    ValidTooLong,

    /// <summary>The nonce is not 16 bytes in Base64url.</summary>
    NonceMalformed,

    /// <summary>The nonce was used before: the message was sent twice.</summary>
    NonceReused,

    /// <summary>More messages within the time that nonces are remembered than there is room for.</summary>
    TooManyMessages,

    /// <summary>The content digest is missing, or not one of sha-256.</summary>
    DigestMalformed,

    /// <summary>The body is not the one that was signed.</summary>
    DigestMismatch,

    /// <summary>The message is for another address.</summary>
    WrongTarget,

    /// <summary>The signature is not that of the member's key over this message.</summary>
    SignatureWrong,

    /// <summary>The body is larger than is read here.</summary>
    BodyTooLarge,

    /// <summary>The peer took the message and refused it; its reason is in the text.</summary>
    RefusedByPeer,
}

/// <summary>That a message is not taken.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">In a sentence, with what was expected.</param>
internal sealed record TransportRefusal(TransportReason Reason, string Detail);
