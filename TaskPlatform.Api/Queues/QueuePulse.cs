using System.Globalization;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>
/// Feels whether one owner lives: sends a probe on the way that a claim takes (mailbox, loop, engine, commit, answer) and keeps what came back.
/// </summary>
internal sealed class QueuePulse(QueueOwner owner, TimeProvider time)
{
    /// <summary>An owner that takes longer to answer is wedged, or its store is far too slow.</summary>
    public static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(4);

    /// <summary>The store is asked every 2 s when nothing else is to do (<see cref="CommitPipelineOptions.RenewAfter"/>).</summary>
    public static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private const long NotAsked = long.MinValue;

    private long _askedAt = NotAsked;
    private volatile ProbeView? _view;

    public QueueOwner Owner => owner;

    /// <summary>The queue's name.</summary>
    public string Queue { get; } = owner.Queue;

    /// <summary>What the last answered probe found; null before the first.</summary>
    public ProbeView? View => _view;

    /// <summary>Completes when the probe sent last is answered or refused.</summary>
    public Task Asked { get; private set; } = Task.CompletedTask;

    private TimeSpan Unanswered => Volatile.Read(ref _askedAt) is var at && at != NotAsked ? time.GetElapsedTime(at) : TimeSpan.Zero;

    /// <summary>Sends a probe, unless one is still under way. Returns at once; to be called by one loop.</summary>
    public void Ask()
    {
        if (!Asked.IsCompleted) return;
        Interlocked.CompareExchange(ref _askedAt, time.GetTimestamp(), NotAsked);
        Asked = AskAsync();
    }

    /// <summary>What is wrong with the queue, for whoever has to do something about it; null when nothing is.</summary>
    public string? FindTrouble()
    {
        if (owner.StoreSilence is var silence && silence > StorePatience)
            return $"Redis has not answered for {Seconds(silence)}. Look whether it runs and can be reached.";
        if (owner.IsStalled) return $"Redis has kept the queue waiting for {Seconds(owner.StoreWait)}. Look whether it runs, and after its disk and memory.";
        if (Unanswered is var unanswered && unanswered > AnswerPatience) return SayUnanswered(unanswered);
        return _view is { } view ? FindTrouble(view) : null;
    }

    internal static string? FindTrouble(ProbeView view) => view.Missed is not { } missed
        ? null
        : $"agent '{missed.AgentId}' waits although task '{missed.TaskId}' is ready for it. Restart the service and report this: it is a defect.";

    private string SayUnanswered(TimeSpan unanswered)
    {
        var begin = $"its owner has not answered a probe for {Seconds(unanswered)}, {owner.MailboxCount} calls wait. ";
        return begin + (owner.StoreWait is var wait && wait > Late
            ? $"It has waited for Redis for {Seconds(wait)}: look after Redis."
            : "Restart the service if it stays so: tasks and leases survive that.");
    }

    private async Task AskAsync()
    {
        try
        {
            var reply = await owner.SendAsync(new Command.Probe(), CancellationToken.None);
            _view = ((Outcome.Probed)reply.Outcome).View;
            Volatile.Write(ref _askedAt, NotAsked);
        }
        catch (QueueUnavailableException)
        {
            // A claim would have got no answer either. The clock runs on, and the next round asks again.
        }
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
