using Google.Protobuf;
using TaskPlatform.Api.Grpc;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.WarmUp;

/// <summary>
/// Lives of tasks that nobody sees: messages as they come from the network, through the readers, the rules and the records, to the call that would store
/// them. It is sent in the name of an owner that no queue has, so the store refuses it and writes nothing.
/// </summary>
internal sealed class RehearsedLives(IQueueStore store)
{
    private const string Agent = "rehearsal";

    private static readonly Ownership Nobody = new(-1, "nobody");
    private static readonly ByteString Payload = ByteString.CopyFromUtf8($"{{\"text\":\"{new string('x', 240)}\"}}");

    private readonly TaskEngine _engine = new(new EngineLimits(), Chance.Secure.NewToken, Chance.Secure.Fraction, Occurrences.Next);
    private Moment _now = new(1, 1);
    private long _sequence;

    /// <summary>So many lives, in two batches: submitted and taken, then completed.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task LiveAsync(int lives)
    {
        var submits = new SubmitRequest { Tasks = { Enumerable.Range(0, lives).Select(number => new SubmitItem { Number = (ulong)number, Type = "work", Payload = Payload }) } };
        var answers = new SubmitReply();
        foreach (var item in SubmitRequest.Parser.ParseFrom(submits.ToByteArray()).Tasks)
        {
            var noted = (Outcome.Noted)Apply(ItemReader.Submit(item).Command!);
            answers.Tasks.Add(new SubmitOutcome { Number = item.Number, Status = 201, State = Words.Of(noted.State) });
        }
        var claimed = (Outcome.Claimed)Apply(new Command.Claim(Agent, null, null, lives, WaitMs: 0, null, null));
        var granted = new WorkReply { Grants = { claimed.Grants.Select(view => Grants.Of(view, Agent).Grant) } };
        await StoreAsync();

        // What would be sent is written, and what would be received is read.
        var settled = new WorkRequest { Settlements = { WorkReply.Parser.ParseFrom(granted.ToByteArray()).Grants.Select(grant => new Settlement { Id = grant.Id, Token = grant.Token, Complete = new() }) } };
        foreach (var item in WorkRequest.Parser.ParseFrom(settled.ToByteArray()).Settlements) Apply(ItemReader.Settle(item).Command!);
        await StoreAsync();
        answers.WriteTo(Stream.Null);
    }

    private Outcome Apply(Command command) => _engine.Apply(command, _now);

    private async Task StoreAsync()
    {
        _engine.Advance(_now);
        var (changes, records) = (_engine.TakeChanges(), new ChangeSet());
        QueueCodec.Write(changes, records);
        _engine.TakeEvents();
        _engine.TakeAnswers();
        foreach (var change in changes.Tasks) _engine.Unload(change.Task);
        foreach (var batch in BatchSplitter.Split(records, ++_sequence, int.MaxValue)) await store.CommitAsync(Nobody, batch);
        _now = new Moment(_now.TickMs + 1, _now.UnixMs + 1);
        _engine.Tick(_now);
    }
}
