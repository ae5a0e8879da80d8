namespace TaskPlatform.Api.Store;

/// <summary>
/// What one call writes. Its number is never used for other content, so it can be sent again and again: it is applied once.
/// </summary>
/// <param name="Sequence">The batch's number, one above the batch before it.</param>
/// <param name="Tasks">Changes of the hash of tasks; no field twice.</param>
/// <param name="State">Changes of the other hash; no field twice.</param>
/// <param name="Settings">The queue's settings, when they change.</param>
/// <param name="Bytes">The size of the changes.</param>
public sealed record CommitBatch(
    long Sequence, FieldChanges Tasks, FieldChanges State, ReadOnlyMemory<byte>? Settings, long Bytes)
{
    /// <summary>The number of records put or deleted.</summary>
    public int Changes => Tasks.Count + State.Count + (Settings is null ? 0 : 1);
}
