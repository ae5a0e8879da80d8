using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Limit;

/// <summary>
/// What the service would write for lives, made by its own rules and its own codec. Agents wait: each task is leased in the batch in which it is
/// submitted, and completed in the next. A life cannot be written in fewer batches, since its agent hears of it only when the first is stored.
/// </summary>
internal sealed class LifeBatches
{
    private static readonly byte[] Result = "\"done\""u8.ToArray();

    private readonly int _submitsPerBatch;
    private readonly EngineBed _bed;
    private ChangeSet _records = new();
    private Outcome.Claimed? _granted;
    private int _submitted;

    /// <param name="commandsPerBatch">Submits and completions in one batch, half of each.</param>
    public LifeBatches(int commandsPerBatch)
    {
        _submitsPerBatch = commandsPerBatch / 2;
        _bed = new EngineBed { BatchCommands = int.MaxValue, Changed = changes => QueueCodec.Write(changes, _records) };
    }

    /// <summary>The batches of so many more lives, from the first submit to the last completion.</summary>
    public List<ChangeSet> Make(int lives)
    {
        var batches = new List<ChangeSet>();
        for (var left = lives; left > 0 || _granted is not null;)
        {
            var submits = Math.Min(left, _submitsPerBatch);
            batches.Add(Next(submits));
            left -= submits;
        }
        return batches;
    }

    private ChangeSet Next(int submits)
    {
        foreach (var grant in _granted?.Grants ?? []) _bed.Apply(new Command.Complete(grant.Task.Id, grant.Task.Lease!.Token, Result, null, null) { IsBrief = true });
        for (var number = 0; number < submits; number++) _bed.Apply(EngineBed.Submit(EngineBed.Id(_submitted++)));
        _granted = submits > 0 ? (Outcome.Claimed)_bed.Apply(EngineBed.Claim(submits)) : null;
        _bed.EndBatch();
        (var batch, _records) = (_records, new ChangeSet());
        return batch;
    }
}
