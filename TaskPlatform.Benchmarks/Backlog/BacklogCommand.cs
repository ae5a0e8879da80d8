using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Backlog;

/// <summary>Measures how the service comes back to a long queue, and how it drains it.</summary>
internal sealed class BacklogCommand : RedisCommand<BacklogCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : MeasurementSettings
    {
        /// <summary>How long the queue is.</summary>
        [CommandOption("--tasks")]
        [Description("How many tasks.")]
        [DefaultValue(1_000_000)]
        public int Tasks { get; init; }

        /// <summary>One more record for each task.</summary>
        [CommandOption("--keyed")]
        [Description("Submit with idempotency keys, as the client does; the queue then keeps a key for each task as well.")]
        public bool IsKeyed { get; init; }

        public override ValidationResult Validate() =>
            Tasks < 1_000 ? ValidationResult.Error("--tasks: at least 1000.") : base.Validate();
    }

    protected override async Task RunAsync(string name, Settings settings, MeasuredRedis redis, CancellationToken cancellationToken)
    {
        var figures = await BacklogRun.MeasureAsync(settings.IsQuick ? 10_000 : settings.Tasks, redis, settings.IsKeyed);
        if (settings.IsJson) Console.WriteLine(figures.ToJson());
        else AnsiConsole.Write(figures.ToTable($"Redis {redis.Version}, {redis.Persistence}"));
    }
}
