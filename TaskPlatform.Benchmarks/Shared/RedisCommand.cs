namespace TaskPlatform.Benchmarks.Shared;

/// <summary>The shell of whatever needs a Redis: it is there before and gone afterwards.</summary>
internal abstract class RedisCommand<TSettings> : MachineCommand<TSettings>
    where TSettings : MeasurementSettings
{
    protected sealed override async Task RunAsync(string name, TSettings settings, CancellationToken cancellationToken)
    {
        await using var redis = await MeasuredRedis.OpenAsync(settings);
        await RunAsync(name, settings, redis, cancellationToken);
    }

    /// <param name="name">As it was called.</param>
    /// <param name="settings">What was said.</param>
    /// <param name="redis">The Redis, alone for this.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    protected abstract Task RunAsync(string name, TSettings settings, MeasuredRedis redis, CancellationToken cancellationToken);
}
