namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>
/// What a node must still know after a crash: the last round that it joined, and whether it answered it. Both are durable before the call returns, and so
/// before anything is sent. One journal belongs to one node of one federation.
/// </summary>
public interface IRoundJournal
{
    /// <summary>Notes that the node joins a round; false when it has joined this or a later one.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    bool TryJoin(ulong round);

    /// <summary>Notes that the node gives its shares in a round it has joined; false when it has done so, or has joined another since.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    bool TryAnswer(ulong round);
}
