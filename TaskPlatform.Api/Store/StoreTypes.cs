namespace TaskPlatform.Api.Store;

/// <summary>Who writes a queue: an epoch, raised by each takeover, and an id that no other takeover ever had.</summary>
/// <remarks>Both are compared. A Redis that lost a takeover hands out the same epoch again, never the same id.</remarks>
public readonly record struct Ownership(long Epoch, string OwnerId);

/// <summary>Where a queue stands in the store. The three together name its content: no two contents share them.</summary>
/// <param name="Epoch">0 when the queue was never owned, or its meta hash is gone.</param>
/// <param name="OwnerId">Empty when the queue was never owned.</param>
/// <param name="Sequence">The number of the last batch applied; 0 before the first.</param>
public readonly record struct StoredPosition(long Epoch, string OwnerId, long Sequence)
{
    /// <summary>Nothing is stored.</summary>
    public static StoredPosition None { get; } = new(0, "", 0);
}

/// <summary>A field and its record, as loaded. The field's name is there until the next page is asked for, the record for good.</summary>
public readonly record struct StoredRecord(ReadOnlyMemory<char> Field, ReadOnlyMemory<byte> Value);

/// <summary>What came of asking for a queue.</summary>
public abstract record Takeover
{
    private Takeover()
    {
    }

    /// <summary>The queue is ours. Only now may it be loaded, and only after a confirmed commit may it answer.</summary>
    /// <param name="Owner">What every batch has to carry.</param>
    /// <param name="Found">Where the queue stood before; its sequence goes on from there.</param>
    /// <param name="Settings">The queue's settings, or null when none were ever stored.</param>
    /// <param name="FormatVersion">The version of the stored format.</param>
    /// <param name="TaskRecords">How many records the hash of tasks has.</param>
    public sealed record Acquired(Ownership Owner, StoredPosition Found, ReadOnlyMemory<byte>? Settings, int FormatVersion, long TaskRecords) : Takeover;

    /// <summary>Another instance's lease has not passed.</summary>
    public sealed record Held(string Instance, TimeSpan Remaining) : Takeover;

    /// <summary>What is stored must not be touched by this program: a newer format, or a queue without its meta hash.</summary>
    public sealed record Unreadable(string Reason) : Takeover;
}

/// <summary>The store's answer to a batch, a check or a reassertion.</summary>
public enum CommitVerdict
{
    /// <summary>Written by this call; for a check: the owner still owns the queue.</summary>
    Applied,

    /// <summary>Nothing written: an earlier sending of this batch was applied.</summary>
    AlreadyApplied,

    /// <summary>Nothing written: a batch before this one is missing.</summary>
    Gap,

    /// <summary>Nothing written: the stored epoch or owner id is another one, or the meta hash is gone.</summary>
    NotOwner,
}

/// <summary>A verdict, and where the queue stands after it.</summary>
public readonly record struct CommitReply(CommitVerdict Verdict, StoredPosition Stored);

/// <summary>
/// The store did not answer, or answered with an error. Whether the call took effect is not known, unless it only read.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
