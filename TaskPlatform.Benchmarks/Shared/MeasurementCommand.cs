using Spectre.Console;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>The shell of one measurement: a bar that moves on standard error, and the figures on standard output.</summary>
internal abstract class MeasurementCommand<TSettings> : RedisCommand<TSettings>
    where TSettings : MeasurementSettings
{
    protected sealed override async Task RunAsync(string name, TSettings settings, MeasuredRedis redis, CancellationToken cancellationToken)
    {
        var result = await ProgressBar.ShowAsync(name, progress => MeasureAsync(settings, redis, progress, cancellationToken));
        if (settings.IsJson) Console.WriteLine(result.ToJson());
        else AnsiConsole.Write(result.ToTable());
    }

    /// <param name="settings">What was said.</param>
    /// <param name="redis">The Redis, alone for this.</param>
    /// <param name="progress">Told how much of the work is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    protected abstract Task<MeasurementResult> MeasureAsync(
        TSettings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken);
}
