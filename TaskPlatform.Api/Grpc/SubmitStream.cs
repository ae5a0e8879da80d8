using Grpc.Core;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Grpc;

/// <summary>One caller's submits: read as they come, answered when they are stored, a few messages under way at a time.</summary>
internal sealed class SubmitStream(IQueueOwners owners, IServerStreamWriter<SubmitReply> replies)
{
    // One caller must not fill a queue's mailbox: so many items in a slice, so many slices under way.
    private const int SliceItems = 256;
    private const int SlicesUnderWay = 8;

    private readonly Outbox<SubmitReply> _outbox = new(replies);
    private readonly SemaphoreSlim _slices = new(SlicesUnderWay);
    private string _queue = "";

    public async Task RunAsync(IAsyncStreamReader<SubmitRequest> requests, HttpContext call, CancellationToken gone)
    {
        var writing = _outbox.RunAsync(gone);
        while (await requests.NextAsync(call, gone))
        {
            var request = requests.Current;
            if (request.Queue.Length > 0) _queue = Calls.Queue(request.Queue);
            if (_queue.Length == 0) throw Calls.Invalid("queue", "is required in the first message");
            for (var start = 0; start < request.Tasks.Count; start += SliceItems)
            {
                await _outbox.RoomAsync(gone);
                await _slices.WaitAsync(gone);
                _ = AnswerAsync(_queue, [.. request.Tasks.Skip(start).Take(SliceItems)], gone);
            }
        }
        for (var slice = 0; slice < SlicesUnderWay; slice++) await _slices.WaitAsync(gone);
        _outbox.End();
        await writing;
    }

    private async Task AnswerAsync(string queue, SubmitItem[] items, CancellationToken gone)
    {
        try
        {
            await SendAsync(queue, items);
        }
        catch (QueueUnavailableException unavailable)
        {
            foreach (var item in items) Answer(Refused(item, Refusals.Of(queue, unavailable)));
        }
        finally
        {
            _slices.Release();
        }
    }

    private async Task SendAsync(string queue, SubmitItem[] items)
    {
        var owner = await owners.FindAsync(queue, CancellationToken.None);
        var (commands, sent) = (new List<Command>(items.Length), new List<SubmitItem>(items.Length));
        foreach (var item in items)
        {
            var (command, problem) = ItemReader.Submit(item);
            if (command is null)
            {
                Answer(Refused(item, Refusals.Of(queue, problem!)));
                continue;
            }
            commands.Add(command);
            sent.Add(item);
        }
        var outcomes = await owner.SendAllAsync(commands);
        for (var index = 0; index < sent.Count; index++) Answer(Outcome(queue, sent[index], outcomes[index]));
    }

    private static SubmitOutcome Outcome(string queue, SubmitItem item, GroupReply reply) => reply switch
    {
        { Failure: { } failure } => Refused(item, Refusals.Of(queue, failure)),
        { Reply.Outcome: Outcome.Refused refused } => Refused(item, Refusals.Of(queue, refused.Refusal)),
        { Reply.Outcome: Outcome.TaskAnswer answer } => new SubmitOutcome
        {
            Number = item.Number,
            Id = answer.View.Task.Id,
            Status = answer.IsNew ? 201 : 200,
            State = Words.Of(answer.View.Task.State),
            DeduplicatedBy = answer.DeduplicatedBy ?? "",
        },
        _ => throw new System.Diagnostics.UnreachableException($"No answer for {reply}."),
    };

    private static SubmitOutcome Refused(SubmitItem item, Problem problem)
        => new() { Number = item.Number, Id = item.Id, Status = problem.Status, Problem = problem };

    private void Answer(SubmitOutcome outcome)
        => _outbox.Add(outcome, outcome.Problem is null ? 64 : 1_024, static (message, item) => message.Tasks.Add(item));
}
