using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace TaskPlatform.Benchmarks.Backlog;

/// <summary>Measures how the service comes back to a long queue, and how it drains it.</summary>
internal sealed class BacklogCommand : AsyncCommand<BacklogCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : CommandSettings
    {
        /// <summary>How long the queue is.</summary>
        [CommandOption("--tasks")]
        [Description("How many tasks. Default 1,000,000.")]
        [DefaultValue(1_000_000)]
        public int Tasks { get; init; }

        /// <summary>When Redis syncs.</summary>
        [CommandOption("--fsync")]
        [Description("When the Redis that is started syncs its file: everysec (default) or always.")]
        [DefaultValue("everysec")]
        public string Fsync { get; init; } = "everysec";

        /// <summary>A Redis that runs already.</summary>
        [CommandOption("--redis")]
        [Description("Use this Redis (host:port) instead of starting one. A queue is left behind in it.")]
        public string? Redis { get; init; }

        /// <summary>One more record for each task.</summary>
        [CommandOption("--keyed")]
        [Description("Submit with idempotency keys, as the client does; the queue then keeps a key for each task as well.")]
        public bool IsKeyed { get; init; }

        /// <summary>A look whether all of it runs.</summary>
        [CommandOption("--quick")]
        [Description("With 10,000 tasks: shows that it works, measures nothing.")]
        public bool IsQuick { get; init; }

        /// <summary>For programs.</summary>
        [CommandOption("--json")]
        [Description("The figures as JSON instead of a table.")]
        public bool IsJson { get; init; }

        public override ValidationResult Validate()
        {
            if (Tasks < 1_000) return ValidationResult.Error("--tasks: at least 1000.");
            return Fsync is "everysec" or "always" ? ValidationResult.Success() : ValidationResult.Error("--fsync: everysec or always.");
        }
    }

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        await using var redis = settings.Redis is null ? await ServerProcess.StartRedisAsync(settings.Fsync) : null;
        var address = redis is null ? settings.Redis! : $"127.0.0.1:{redis.Port}";
        var figures = await BacklogRun.MeasureAsync(settings.IsQuick ? 10_000 : settings.Tasks, $"{address},abortConnect=false", settings.IsKeyed);
        if (settings.IsJson) Console.WriteLine(figures.ToJson());
        else AnsiConsole.Write(figures.ToTable(redis is null ? $"Redis at {address}" : $"appendfsync {settings.Fsync}"));
        return 0;
    }
}
