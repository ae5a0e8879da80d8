using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>A command on its way to the owner, and the caller who waits for the answer.</summary>
internal abstract class Envelope(Command command)
{
    public Command Command { get; } = command;

    /// <summary>Since when the answer is up to the queue, in microseconds of the monotonic clock: since it came in, or since what it waited for came.</summary>
    public long SinceMicros { get; set; }

    /// <summary>Whether nobody waits any more.</summary>
    public abstract bool IsCallerGone { get; }

    /// <returns>Whether somebody was there to hear it.</returns>
    public abstract bool TryAnswer(QueueReply reply);

    /// <summary>There is no answer.</summary>
    public abstract void Fail(QueueUnavailableException exception);
}

/// <summary>A command that is answered by itself.</summary>
internal sealed class SingleEnvelope(Command command, CancellationToken callerGone) : Envelope(command)
{
    private readonly TaskCompletionSource<QueueReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _whenGone;

    public Task<QueueReply> Reply => _reply.Task;

    public override bool IsCallerGone => callerGone.IsCancellationRequested || _reply.Task.IsCompleted;

    public override bool TryAnswer(QueueReply reply)
    {
        if (!callerGone.IsCancellationRequested) return IsEnd(_reply.TrySetResult(reply));
        Abandon();
        return false;
    }

    public override void Fail(QueueUnavailableException exception) => IsEnd(_reply.TrySetException(exception));

    /// <summary>The caller is gone: whoever still looks is told so.</summary>
    public void Abandon() => IsEnd(_reply.TrySetCanceled(callerGone));

    /// <summary>Calls back once when the caller goes before the answer; on the caller's thread.</summary>
    public void WhenCallerGone(Action notify) => _whenGone = callerGone.UnsafeRegister(static state => ((Action)state!)(), notify);

    private bool IsEnd(bool isFirst)
    {
        if (isFirst) _whenGone.Unregister();
        return isFirst;
    }
}

/// <summary>Commands of one message, which are answered together when the last of them is.</summary>
internal sealed class EnvelopeGroup
{
    private readonly TaskCompletionSource<IReadOnlyList<GroupReply>> _replies = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GroupReply[] _answers;
    private int _left;

    public EnvelopeGroup(IReadOnlyList<Command> commands)
    {
        _answers = new GroupReply[commands.Count];
        _left = commands.Count;
        Envelopes = new Envelope[commands.Count];
        for (var index = 0; index < Envelopes.Length; index++) Envelopes[index] = new Member(commands[index], this, index);
        if (_left == 0) _replies.SetResult(_answers);
    }

    public Envelope[] Envelopes { get; }

    public Task<IReadOnlyList<GroupReply>> Replies => _replies.Task;

    private bool Set(int index, GroupReply answer)
    {
        if (_answers[index] is not { Reply: null, Failure: null }) return false;
        _answers[index] = answer;
        if (Interlocked.Decrement(ref _left) == 0) _replies.SetResult(_answers);
        return true;
    }

    private sealed class Member(Command command, EnvelopeGroup group, int index) : Envelope(command)
    {
        public override bool IsCallerGone => false;

        public override bool TryAnswer(QueueReply reply) => group.Set(index, new GroupReply(reply, null));

        public override void Fail(QueueUnavailableException exception) => group.Set(index, new GroupReply(null, exception));
    }
}
