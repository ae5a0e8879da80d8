using System.Text;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>How the work on a task ended, on the agent's side.</summary>
internal abstract record Ending
{
    // The contract's limit is 8 KiB for the whole error.
    private const int MessageBytesMax = 7 * 1024;
    private const int TypeLengthMax = 128;

    private Ending()
    {
    }

    /// <summary>For the log, the span and the metrics.</summary>
    public abstract string Name { get; }

    /// <summary>The handler returned.</summary>
    public sealed record Completed(RawJson? Result) : Ending
    {
        public override string Name => "completed";
    }

    /// <summary>The handler threw.</summary>
    public sealed record Failed(TaskError Error, TimeSpan? RetryAfter, Exception? Cause) : Ending
    {
        public override string Name => "failed";
    }

    /// <summary>The task is given back: the agent stops, or a cancel was asked.</summary>
    public sealed record Released(StopReason Reason) : Ending
    {
        public override string Name => "released";
    }

    /// <summary>The lease is gone; there is nothing to settle.</summary>
    public sealed record Lost(StopReason Reason) : Ending
    {
        public override string Name => "lost";
    }

    /// <summary>The handler set its task aside, which ended the grant; there is nothing to settle.</summary>
    public sealed record Waiting : Ending
    {
        public override string Name => "waiting";
    }

    public static Ending Failure(string type, string message, bool retryable, TimeSpan? retryAfter = null, Exception? cause = null) =>
        new Failed(
            new TaskError { Type = Shorten(type, TypeLengthMax), Message = Shorten(message, MessageBytesMax), Retryable = retryable },
            retryAfter,
            cause);

    /// <summary>What an exception means depends on whether the handler had been told to stop.</summary>
    public static Ending Of(Exception exception, LeaseKeeper lease) => exception switch
    {
        OperationCanceledException when lease.Reason >= StopReason.LeaseRanOut => new Lost(lease.Reason),
        OperationCanceledException when lease.Reason != StopReason.None => new Released(lease.Reason),
        TaskFailedException e => Failure(e.Type, e.Message, e.Retryable, e.RetryAfter, e),
        _ => Failure(exception.GetType().Name, exception.Message, retryable: true, cause: exception),
    };

    private static string Shorten(string text, int bytesMax)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytesMax) return text;
        var buffer = new byte[bytesMax];
        Encoding.UTF8.GetEncoder().Convert(text, buffer, flush: false, out var charsUsed, out _, out _);
        return text[..charsUsed];
    }
}
