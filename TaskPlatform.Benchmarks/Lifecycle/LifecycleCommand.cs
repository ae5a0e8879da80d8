using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Backlog;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>Measures whole lives: submitted, taken and completed, all stored.</summary>
internal sealed class LifecycleCommand : AsyncCommand<LifecycleCommand.Settings>
{
    public sealed class Settings : CommandSettings
    {
        [CommandOption("--tasks")]
        [Description("How many tasks. Default 100,000.")]
        [DefaultValue(100_000)]
        public int Tasks { get; init; }

        [CommandOption("--agents")]
        [Description("How many agents, each with a stream of its own. Default 4.")]
        [DefaultValue(4)]
        public int Agents { get; init; }

        [CommandOption("--credit")]
        [Description("How many tasks each agent takes at once. Default 500.")]
        [DefaultValue(500)]
        public int Credit { get; init; }

        [CommandOption("--rounds")]
        [Description("How often it is measured; the first round is cold. Default 3.")]
        [DefaultValue(3)]
        public int Rounds { get; init; }

        [CommandOption("--fsync")]
        [DefaultValue("everysec")]
        public string Fsync { get; init; } = "everysec";
    }

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        await using var redis = await ServerProcess.StartRedisAsync(settings.Fsync);
        await using var api = await ServerProcess.StartApiAsync($"127.0.0.1:{redis.Port},abortConnect=false");
        var address = $"http://127.0.0.1:{api.StreamPort}";
        const string Queue = "lifecycle";
        await using var agents = await AgentsProcess.StartAsync(address, Queue, settings.Agents, settings.Credit);
        for (var round = 1; round <= settings.Rounds; round++)
            AnsiConsole.MarkupLineInterpolated($"round {round}: {await LifecycleRun.MeasureAsync(address, Queue, agents, settings.Tasks):0} lives/s");
        return 0;
    }
}
