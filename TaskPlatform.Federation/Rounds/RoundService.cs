using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation.Rounds;

/// <summary>How often rounds begin, and how long a stage waits for nodes that have not answered.</summary>
internal sealed record RoundTimes(TimeSpan Period, TimeSpan Stage);

/// <summary>
/// Begins a round each period, closes its stages when all have answered or the time is over, and hands the sum out. A round's number is the time of its begin in Unix
/// milliseconds, and above the one before also where the clock was set back; after a restart with such a clock nodes refuse rounds until it has caught up.
/// </summary>
internal sealed class RoundService(RoundTerms terms, RoundDesk desk, ReleasedFigures figures, RoundTimes times, TimeProvider time, ILogger<RoundService> logger) : BackgroundService
{
    private ulong _number;
    private AbortReason? _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Log.Starts(logger, terms.FederationId, terms.Epoch, terms.Roster.Count, terms.Graph.Cohort);
        while (true)
        {
            var began = time.GetTimestamp();
            await RunRoundAsync(stoppingToken);
            var left = times.Period - time.GetElapsedTime(began);
            if (left > TimeSpan.Zero) await Task.Delay(left, time, stoppingToken);
        }
    }

    private async Task RunRoundAsync(CancellationToken stoppingToken)
    {
        var began = time.GetTimestamp();
        _number = Math.Max(_number + 1, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds());
        var full = desk.Begin(_number);
        for (var stage = RoundStage.Keys; stage < RoundStage.Done;)
        {
            await ChangeSignal.CompletesAsync(full, times.Stage, time, stoppingToken);
            (stage, full) = desk.CloseStage();
        }
        var (sum, abort) = desk.End;
        RoundMetrics.Ended(time.GetElapsedTime(began), abort?.Reason);
        if (sum is not null) Done(sum);
        else Aborted(abort!);
    }

    private void Done(RoundSum sum)
    {
        figures.Release((long)_number, sum);
        Log.RoundDone(logger, _number, sum.Nodes.Count);
        if (_failing is not null) Log.RoundsGoOn(logger, _number);
        _failing = null;
    }

    /// <summary>Told once for each reason in a row: while too few nodes are there, every round ends so.</summary>
    private void Aborted(Abort abort)
    {
        figures.Abort((long)_number, abort);
        if (_failing != abort.Reason) Log.RoundAborted(logger, _number, abort.Reason, abort.Detail);
        _failing = abort.Reason;
    }
}
