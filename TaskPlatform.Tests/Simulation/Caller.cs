using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>
/// Somebody who calls the service, over a network that loses, delays and repeats what he sends and what he is answered. He gives up after a while, and repeats.
/// </summary>
internal sealed class Caller(QueueWorld world, Random random)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private int _process = random.Next(8);

    /// <summary>Asks until there is an answer, at most so many times; null: unknown.</summary>
    public async Task<Outcome?> AskAsync(Command command, int times = 1)
    {
        for (var time = 0; time < times; time++)
        {
            if (time > 0) await world.DelayAsync(random.Next(50, 1_000));
            if (await OnceAsync(command) is { } outcome) return outcome;
            _process = random.Next(8);
        }
        return null;
    }

    private async Task<Outcome?> OnceAsync(Command command)
    {
        var sentMs = world.Ms;
        var gone = new CancellationTokenSource();
        var process = world.ProcessOf(_process);
        var answer = DeliverAsync(process, command, gone.Token);
        // A stream's beginning comes once, or not at all.
        if (random.NextDouble() < world.CallTrouble / 3 && command is not Command.Rejoin) _ = AgainAsync(process, command);
        var patience = Patience + TimeSpan.FromMilliseconds(command is Command.Claim claim ? claim.WaitMs : 0);
        await Task.WhenAny(answer, world.DelayAsync((int)patience.TotalMilliseconds));
        var heard = answer.IsCompleted ? await answer : null;
        if (heard is null) _ = HangUpAsync(process, gone);
        world.Saw(new Seen(command, sentMs, world.Ms, heard?.Outcome, heard?.Owner));
        return heard?.Outcome;
    }

    private async Task<Answer?> DeliverAsync(QueueProcess process, Command command, CancellationToken callerGone)
    {
        await TravelAsync();
        if (random.NextDouble() < world.CallTrouble) return null;
        try
        {
            var answer = await process.AnswerAsync(command, callerGone);
            await TravelAsync();
            return random.NextDouble() < world.CallTrouble ? null : answer;
        }
        catch (Exception unknown) when (unknown is QueueUnavailableException or OperationCanceledException)
        {
            return null;
        }
    }

    // The same call arrives a second time, perhaps long after; nobody hears its answer.
    private async Task AgainAsync(QueueProcess process, Command command)
    {
        await world.DelayAsync(random.Next(1, 8_000));
        await DeliverAsync(process, command, CancellationToken.None);
    }

    // The service learns late or never that nobody waits any more.
    private async Task HangUpAsync(QueueProcess process, CancellationTokenSource gone)
    {
        if (random.Next(4) == 0) return;
        await world.DelayAsync(random.Next(1, 3_000));
        process.Process.Post(_ => gone.Cancel(), null);
    }

    private Task TravelAsync() => world.DelayAsync(random.NextDouble() < world.CallTrouble ? random.Next(1, 4_000) : random.Next(1, 10));
}
