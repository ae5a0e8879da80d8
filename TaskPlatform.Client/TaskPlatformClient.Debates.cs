using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

public sealed partial class TaskPlatformClient
{
    /// <summary>Begins a debate: several agents answer one question, read each other where they differ, and vote or are judged.</summary>
    /// <param name="queue">The queue; it exists once it is used.</param>
    /// <param name="debate">What is asked, and of whom.</param>
    /// <param name="idempotencyKey">Give the same key, or an id, to repeat a call of an earlier run of your program; unset: one is made for this call.</param>
    /// <param name="cancellationToken">Gives up waiting; the debate may have begun.</param>
    public async Task<DebateInfo> StartDebateAsync(
        string queue, StartDebate debate, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{QueuePath(queue)}/debates",
            debate,
            WireJson.Default.StartDebate,
            WireJson.Default.DebateInfo,
            idempotencyKey,
            cancellationToken)).OrThrow();

    /// <summary>The debate; with a wait (up to 60 s) when it is over or the wait is.</summary>
    public async Task<DebateInfo> GetDebateAsync(string queue, string debateId, TimeSpan wait = default, CancellationToken cancellationToken = default) =>
        (await GetAsync(DebatePath(queue, debateId) + WaitQuery(CheckWait(wait)), WireJson.Default.DebateInfo, cancellationToken, wait)).OrThrow();

    /// <summary>The debates of a queue, newest first, fetched page by page; without their transcripts.</summary>
    public IAsyncEnumerable<DebateInfo> ListDebatesAsync(string queue, CancellationToken cancellationToken = default) =>
        EachAsync(
            cursor => $"{QueuePath(queue)}/debates" + (cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}"),
            WireJson.Default.DebateList, page => (page.Debates, page.NextCursor), cancellationToken);

    /// <summary>Cancels a debate and its open turns.</summary>
    /// <exception cref="TaskPlatformException"><see cref="ProblemTypes.TaskFinished"/>: it is over.</exception>
    public async Task<DebateInfo> CancelDebateAsync(
        string queue, string debateId, string? reason = null, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{DebatePath(queue, debateId)}/cancel",
            new CancelRequest { Reason = reason },
            WireJson.Default.CancelRequest,
            WireJson.Default.DebateInfo,
            key: null,
            cancellationToken)).OrThrow();

    private static string DebatePath(string queue, string debateId) => $"{QueuePath(queue)}/debates/{Segment(debateId)}";
}
