using Spectre.Console.Cli;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>The shell of whatever needs a Redis: it is there before and gone afterwards.</summary>
internal abstract class RedisCommand<TSettings> : AsyncCommand<TSettings>
    where TSettings : MeasurementSettings
{
    /// <summary>Exit code where the machine lacks something.</summary>
    private const int Missing = 2;

    public override async Task<int> ExecuteAsync(CommandContext context, TSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await using var redis = await MeasuredRedis.OpenAsync(settings);
            await RunAsync(context.Name, settings, redis, cancellationToken);
            return 0;
        }
        catch (MissingProgramException missing)
        {
            Console.Error.WriteLine(missing.Message);
            return Missing;
        }
    }

    /// <param name="name">As it was called.</param>
    /// <param name="settings">What was said.</param>
    /// <param name="redis">The Redis, alone for this.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    protected abstract Task RunAsync(string name, TSettings settings, MeasuredRedis redis, CancellationToken cancellationToken);
}
