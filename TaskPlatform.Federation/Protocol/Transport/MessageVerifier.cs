using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Checks the signature of a message against the member that it must come from.</summary>
internal static class MessageVerifier
{
    /// <summary>Checks all but the nonce, cheap things first.</summary>
    /// <param name="message">The message.</param>
    /// <param name="fields">Its signature; either may be missing, or stand there twice.</param>
    /// <param name="required">What must be covered at least; content type and headers of the protocol too, where they are.</param>
    /// <param name="peer">The member, known by its certificate.</param>
    /// <param name="now">The time.</param>
    /// <param name="nonce">The nonce, if nothing is wrong.</param>
    /// <returns>What is wrong, or null.</returns>
    public static TransportRefusal? Check(
        ISignedMessage message, SignatureFields fields, IReadOnlyList<CoveredComponent> required, PeerKey peer, DateTimeOffset now, out UInt128 nonce)
    {
        nonce = default;
        if (Parse(fields, out var input) is { } unreadable) return unreadable;
        if (CheckParameters(input!, peer) is { } wrong) return wrong;
        if (CheckTimes(input!, now) is { } untimely) return untimely;
        if (!NonceCache.TryParse(input!.Nonce!, out nonce)) return new(TransportReason.NonceMalformed, "The nonce is 16 bytes in Base64url.");
        if (CheckCovered(input, MessageSigner.Covered(message, required)) is { } uncovered) return uncovered;
        if (ContentDigest.Check(message.Find(new CoveredComponent(ContentDigest.Name)), message.Body) is { } digest)
        {
            return new(digest, digest == TransportReason.DigestMismatch ? "The body is not the one that was signed." : "Content-Digest is one digest of sha-256.");
        }
        return CheckSignature(message, input, fields.Signature, peer);
    }

    private static TransportRefusal? Parse(SignatureFields fields, out SignatureInput? input)
    {
        input = null;
        if (string.IsNullOrEmpty(fields.Input) || string.IsNullOrEmpty(fields.Signature))
        {
            return new(TransportReason.SignatureMissing, "Messages between members are signed: Signature-Input and Signature (RFC 9421).");
        }
        var isSeveral = false;
        if (fields.Input.Length <= TransportLimits.MaxFieldLength && fields.Signature.Length <= TransportLimits.MaxFieldLength)
        {
            input = SignatureInput.Parse(fields.Input, out isSeveral);
        }
        if (isSeveral) return new(TransportReason.SeveralSignatures, "A message has one signature.");
        return input is null ? new(TransportReason.SignatureMalformed, "Signature-Input cannot be read.") : null;
    }

    private static TransportRefusal? CheckParameters(SignatureInput input, PeerKey peer)
    {
        var missing = input switch
        {
            { Created: null } => "created",
            { Expires: null } => "expires",
            { Nonce: null } => "nonce",
            { KeyId: null } => "keyid",
            { Algorithm: null } => "alg",
            { Tag: null } => "tag",
            _ => null,
        };
        if (missing is not null) return new(TransportReason.ParameterMissing, $"The signature has no {missing}.");
        if (input.Tag != TransportLimits.Tag) return new(TransportReason.WrongTag, $"The tag of signatures is {TransportLimits.Tag}.");
        if (input.Algorithm != TransportLimits.Algorithm) return new(TransportReason.WrongAlgorithm, $"Signatures are of {TransportLimits.Algorithm}.");
        return input.KeyId != peer.Member.Id
            ? new(TransportReason.OtherMember, $"The connection is that of '{peer.Member.Id}', the message is signed as another.")
            : null;
    }

    /// <summary>Numbers are far below the range in which sums overflow: fifteen digits at most.</summary>
    private static TransportRefusal? CheckTimes(SignatureInput input, DateTimeOffset now)
    {
        var (created, expires) = (input.Created!.Value, input.Expires!.Value);
        var tolerance = (long)TransportLimits.ClockTolerance.TotalSeconds;
        var second = now.ToUnixTimeSeconds();
        if (created > second + tolerance) return new(TransportReason.CreatedInFuture, $"It was made {created - second} s in the future: set the clocks.");
        if (expires <= created || expires - created > (long)TransportLimits.Validity.TotalSeconds)
        {
            return new(TransportReason.ValidTooLong, $"A signature is good for at most {TransportLimits.Validity.TotalSeconds} s.");
        }
        return expires < second - tolerance ? new(TransportReason.Expired, $"It expired {second - expires} s ago: set the clocks.") : null;
    }

    private static TransportRefusal? CheckCovered(SignatureInput input, List<CoveredComponent> expected)
    {
        foreach (var component in expected)
        {
            if (!input.Components.Contains(component)) return new(TransportReason.ComponentMissing, $"The signature does not cover {Describe(component)}.");
        }
        foreach (var component in input.Components)
        {
            if (!expected.Contains(component)) return new(TransportReason.ComponentUnknown, $"The signature covers {Describe(component)}, which is not signed here.");
        }
        return null;
    }

    private static TransportRefusal? CheckSignature(ISignedMessage message, SignatureInput input, string field, PeerKey peer)
    {
        Span<byte> signature = stackalloc byte[IdentityKey.SignatureBytes];
        var reader = new FieldReader(field);
        if (!reader.TryReadKey(out var label) || !label.SequenceEqual(input.Label) || !reader.TryRead('=') || !reader.TryReadBytes(signature))
        {
            return new(TransportReason.SignatureMalformed, "Signature is not the one that Signature-Input tells of, or no 64 bytes.");
        }
        if (!reader.IsAtEnd)
        {
            return reader.TryReadComma()
                ? new(TransportReason.SeveralSignatures, "A message has one signature.")
                : new(TransportReason.SignatureMalformed, "Signature cannot be read.");
        }
        var bytes = SignatureBase.Build(input.Components, input.Parameters, message, out var missing);
        if (bytes is null) return new(TransportReason.ComponentUnknown, $"The signature covers {Describe(missing)}, which the message has not, or not in ASCII.");
        return peer.Verify(bytes, signature)
            ? null
            : new(TransportReason.SignatureWrong, $"The signature is not that of '{peer.Member.Id}' over this message.");
    }

    private static string Describe(CoveredComponent component) => component.OfRequest ? $"\"{component.Name}\" of the request" : $"\"{component.Name}\"";
}
