using Grpc.Core;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Grpc;

/// <summary>One caller's submits: read as they come, answered when they are stored, a few slices under way at a time.</summary>
internal sealed class SubmitStream(IQueueOwners owners, IServerStreamWriter<SubmitReply> replies)
{
    private readonly Outbox<SubmitReply> _outbox = new(replies);
    private readonly ItemSlices _slices = new(owners, underWay: 8);
    private string _queue = "";

    public async Task RunAsync(IAsyncStreamReader<SubmitRequest> requests, HttpContext call, CancellationToken gone)
    {
        var writing = _outbox.RunAsync(gone);
        while (await requests.NextAsync(call, gone))
        {
            var request = requests.Current;
            if (request.Queue.Length > 0) _queue = Calls.Queue(request.Queue);
            if (_queue.Length == 0) throw Calls.Invalid("queue", "is required in the first message");
            await _slices.SendAsync(_queue, request.Tasks, ItemReader.Submit, Answer, _outbox.RoomAsync, gone);
        }
        await _slices.EndAsync(gone);
        _outbox.End();
        await writing;
    }

    private void Answer(SubmitItem item, Command? asked, Outcome? outcome, Problem? problem)
        => _outbox.Add(Outcome(item, asked, outcome, problem), problem is null ? 64 : 1_024, static (message, answer) => message.Tasks.Add(answer));

    private static SubmitOutcome Outcome(SubmitItem item, Command? asked, Outcome? outcome, Problem? problem) => (outcome, problem) switch
    {
        (_, { } refusal) => new() { Number = item.Number, Id = item.Id, Status = refusal.Status, Problem = refusal },
        (Outcome.Noted noted, _) => new()
        {
            Number = item.Number,
            Id = ((Command.Submit)asked!).Task.Id,
            Status = noted.IsNew ? 201 : 200,
            State = Words.Of(noted.State),
        },
        (Outcome.TaskAnswer answer, _) => new()
        {
            Number = item.Number,
            Id = answer.View.Task.Id,
            Status = answer.IsNew ? 201 : 200,
            State = Words.Of(answer.View.Task.State),
            DeduplicatedBy = answer.DeduplicatedBy ?? "",
        },
        _ => throw new System.Diagnostics.UnreachableException($"No answer for {outcome}."),
    };
}
