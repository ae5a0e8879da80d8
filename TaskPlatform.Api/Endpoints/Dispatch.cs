using System.Diagnostics;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>A committed answer, and the owner that gave it.</summary>
/// <param name="Owner">Who decides for the queue.</param>
/// <param name="Outcome">What was decided.</param>
/// <param name="CommittedUnixMs">When it was stored, in Unix milliseconds.</param>
internal readonly record struct Reply<T>(IQueueOwner Owner, T Outcome, long CommittedUnixMs) where T : Outcome;

/// <summary>What became of one item of a batch: its outcome or its problem; neither for an item that was not sent.</summary>
internal readonly record struct ItemReply(Outcome? Outcome, Problem? Problem);

/// <summary>The one place at which a call becomes a command to a queue: finds the owner, traces, and turns refusals into problems.</summary>
internal sealed class Dispatch(IQueueOwners owners)
{
    private const string DurabilityHeader = "Durability";

    // A batch goes in by slices, so that one caller cannot fill the mailbox.
    private const int BatchSlice = 256;

    /// <summary>Sends one command and gives its answer.</summary>
    /// <exception cref="RequestRefusedException">The request is bad, or was refused.</exception>
    /// <exception cref="QueueUnavailableException">There is no answer; it may have happened or not.</exception>
    public async Task<Reply<T>> SendAsync<T>(ApiRequest request, Command command) where T : Outcome
    {
        var owner = await FindAsync(request, makesQueue: MakesQueue(command));
        return await SendAsync<T>(owner, command with { Key = request.Key }, request.Http.RequestAborted);
    }

    /// <summary>Sends a command to an owner; what it refuses is thrown.</summary>
    /// <exception cref="RequestRefusedException">It was refused.</exception>
    /// <exception cref="QueueUnavailableException">There is no answer; it may have happened or not.</exception>
    public static async Task<Reply<T>> SendAsync<T>(IQueueOwner owner, Command command, CancellationToken callerGone) where T : Outcome
    {
        var reply = await SendAsync(owner, command, callerGone);
        if (reply.Outcome is Outcome.Refused refused) throw new RequestRefusedException(Problems.Of(refused.Refusal, FieldOf(command)));
        return new Reply<T>(owner, (T)reply.Outcome, reply.CommittedUnixMs);
    }

    /// <summary>Sends many commands, in order, each for itself; where there is none, the answer is its problem.</summary>
    /// <param name="request">The call; each command has its key with the item's number.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="makesQueue">Whether an unused name becomes a queue.</param>
    public async Task<ItemReply[]> SendAllAsync(ApiRequest request, IReadOnlyList<Command?> commands, bool makesQueue)
    {
        var owner = await FindAsync(request, makesQueue);
        var replies = new ItemReply[commands.Count];
        foreach (var slice in Enumerable.Range(0, commands.Count).Where(index => commands[index] is not null).Chunk(BatchSlice))
        {
            var answers = await SendAllAsync(owner, [.. slice.Select(index => commands[index]! with { Key = ItemKey(request.Key, index) })]);
            for (var place = 0; place < slice.Length; place++) replies[slice[place]] = answers[place];
        }
        return replies;
    }

    /// <summary>Finds who decides for the queue that the call names.</summary>
    /// <param name="request">The call.</param>
    /// <param name="makesQueue">Whether an unused name becomes a queue; otherwise it is <c>queue-not-found</c>.</param>
    /// <exception cref="RequestRefusedException">The request is bad, or there is no such queue.</exception>
    public async ValueTask<IQueueOwner> FindAsync(ApiRequest request, bool makesQueue)
    {
        request.ThrowIfBad();
        var owner = makesQueue
            ? await owners.FindAsync(request.Queue, request.Http.RequestAborted)
            : await owners.FindExistingAsync(request.Queue, request.Http.RequestAborted);
        if (owner is null)
            throw new RequestRefusedException(Problems.NoQueue(request.Queue));
        request.Http.Response.Headers[DurabilityHeader] = owner.DurabilityHeader;
        return owner;
    }

    /// <summary>Sends a command to an owner.</summary>
    public static async Task<QueueReply> SendAsync(IQueueOwner owner, Command command, CancellationToken callerGone)
    {
        using var span = Traces.Start(owner.Queue, command);
        try
        {
            var reply = await owner.SendAsync(Traces.Stamp(command), callerGone);
            Traces.Finish(span, owner.Queue, reply.Outcome);
            return reply;
        }
        catch (QueueUnavailableException unavailable)
        {
            Traces.Fail(span, unavailable.Name);
            throw;
        }
    }

    private static async Task<ItemReply[]> SendAllAsync(IQueueOwner owner, Command[] commands)
    {
        var spans = new Activity?[commands.Length];
        for (var index = 0; index < commands.Length; index++)
        {
            // Siblings: each begins beside the last, not below it.
            var caller = Activity.Current;
            spans[index] = Traces.Start(owner.Queue, commands[index]);
            commands[index] = Traces.Stamp(commands[index]);
            Activity.Current = caller;
        }
        var replies = await owner.SendAllAsync(commands);
        return [.. replies.Zip(spans, (reply, span) => Finish(owner.Queue, reply, span))];
    }

    private static ItemReply Finish(string queue, GroupReply reply, Activity? begun)
    {
        using var span = begun;
        if (reply.Failure is { } unavailable)
        {
            Traces.Fail(span, unavailable.Name);
            return new(null, Problems.Of(unavailable));
        }
        var outcome = reply.Reply!.Value.Outcome;
        Traces.Finish(span, queue, outcome);
        return outcome is Outcome.Refused refused ? new(null, Problems.Of(refused.Refusal)) : new(outcome, null);
    }

    // A line feed stands in no caller's key.
    private static IdempotencyKey? ItemKey(IdempotencyKey? key, int index) => key is null ? null : key with { Key = $"{key.Key}\n{index}" };

    /// <summary>What only the engine could find wrong, because it depends on what is there, is wrong with this field.</summary>
    private static string? FieldOf(Command command) => command switch
    {
        Command.SubmitGraph or Command.AddChildren => "tasks",
        Command.Answer => "answer",
        Command.Patch => "labels",
        Command.Configure => "durability",
        _ => null,
    };

    private static bool MakesQueue(Command command) => command
        is Command.Submit or Command.SubmitGraph or Command.Claim or Command.RegisterAgent or Command.PutSchedule or Command.PutRoute
        or Command.Configure or Command.Pause or Command.Resume;
}
