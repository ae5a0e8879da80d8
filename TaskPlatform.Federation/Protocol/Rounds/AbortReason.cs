namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>Why a node or the aggregator ended a round, or took no notice of a message. The names are stable: they are logged and counted.</summary>
public enum AbortReason
{
    /// <summary>Cut, too long, out of order or not in the one form in which it may be written.</summary>
    MalformedMessage,

    /// <summary>Of a major version, schema or suite that is not known here.</summary>
    UnsupportedVersion,

    /// <summary>Another stage's message, a second and different one of a stage, or one of another round or session.</summary>
    UnexpectedMessage,

    /// <summary>The round's header differs from what the node agreed to: federation, epoch, suite, schema, roster, σ or clip.</summary>
    HeaderMismatch,

    /// <summary>The round's number is not above the last one that this node took part in.</summary>
    RoundReplayed,

    /// <summary>The round's number, its begin, is more than a minute off the node's own clock.</summary>
    ClockApart,

    /// <summary>A signature is not that of the node it is said to be of.</summary>
    SignatureInvalid,

    /// <summary>A public key is no key of the suite, or yields no secret.</summary>
    KeyInvalid,

    /// <summary>The node itself is missing among the nodes it is told of, or what is told of it is not what it sent.</summary>
    OwnEntryChanged,

    /// <summary>Fewer nodes than the minimum cohort or the threshold are left.</summary>
    CohortTooSmall,

    /// <summary>Nodes are named that were not there in the stage before.</summary>
    SetInvalid,

    /// <summary>A sealed share does not open, or is none.</summary>
    ShareInvalid,

    /// <summary>The noise was refused: the privacy budget is spent.</summary>
    NoiseRefused,

    /// <summary>Fewer nodes than the threshold have signed the set of survivors.</summary>
    TooFewSignatures,

    /// <summary>This round was answered before.</summary>
    AlreadyAnswered,

    /// <summary>The journal could not be written. Nothing is answered that is not written first.</summary>
    JournalUnavailable,

    /// <summary>Fewer shares of a secret came than open it.</summary>
    TooFewShares,

    /// <summary>The shares of a node open a secret other than the one it announced.</summary>
    SecretMismatch,
}

/// <summary>The end of a round, or a message that was not taken.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">In words, without any node's figures.</param>
public sealed record Abort(AbortReason Reason, string Detail);

/// <summary>Carries an abort to the one place at which it becomes a value.</summary>
internal sealed class AbortException(AbortReason reason, string detail) : Exception(detail)
{
    public Abort Abort { get; } = new(reason, detail);
}
