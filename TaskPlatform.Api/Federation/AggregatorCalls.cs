namespace TaskPlatform.Api.Federation;

/// <summary>Calls that are made again and again. The aggregator keeps each waiting while there is nothing; where it does not, or is away, this does.</summary>
internal static class AggregatorCalls
{
    /// <summary>Calls that brought nothing are not repeated sooner.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Repeats a step until the service stops; that it fails is said once, and once that it does so no more.</summary>
    /// <param name="step">Tells whether it brought anything.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failures are said.</param>
    /// <param name="stoppingToken">The service stops.</param>
    /// <exception cref="OperationCanceledException">It has stopped: the only end.</exception>
    public static async Task RepeatAsync(Func<CancellationToken, Task<bool>> step, TimeProvider time, ILogger logger, CancellationToken stoppingToken)
    {
        for (var isAway = false; ;)
        {
            var began = time.GetTimestamp();
            var (isDone, failure) = await TryAsync(step, stoppingToken);
            if (failure is not null && !isAway) Log.AggregatorAway(logger, failure);
            if (failure is null && isAway) Log.AggregatorBack(logger);
            isAway = failure is not null;
            var left = isDone ? TimeSpan.Zero : Pause - time.GetElapsedTime(began);
            if (left > TimeSpan.Zero) await Task.Delay(left, time, stoppingToken);
        }
    }

    private static async Task<(bool IsDone, string? Failure)> TryAsync(Func<CancellationToken, Task<bool>> step, CancellationToken stoppingToken)
    {
        try
        {
            return (await step(stoppingToken), null);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
        {
            // An HttpClient's own time limit is a cancellation too.
            return (false, failure.Message);
        }
    }
}
