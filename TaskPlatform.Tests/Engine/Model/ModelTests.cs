using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>The engine against an oracle that says the same rules without any index, under random commands, times, crashes and restarts.</summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int CommandsPerRun = 400;

    /// <summary>Sets how much is tried; the default takes a few seconds.</summary>
    private const string CommandsVariable = "TASKPLATFORM_MODEL_COMMANDS";

    /// <summary>Sets the first run's seed, to see a failure again.</summary>
    private const string SeedVariable = "TASKPLATFORM_MODEL_SEED";

    [Fact]
    public void Engine_RandomCommandsAndCrashes_ComesToWhatTheRulesSay()
    {
        var commands = Setting(CommandsVariable) ?? 20_000;
        var firstSeed = Setting(SeedVariable) ?? Random.Shared.Next(1 << 30);
        var coverage = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = firstSeed; commands > 0; seed++, commands -= CommandsPerRun) Run(seed, coverage);

        output.WriteLine($"From seed {firstSeed}:");
        foreach (var (what, times) in coverage) output.WriteLine($"{times,7}  {what}");
        Assert.Superset(Essential, coverage.Keys.ToHashSet());
    }

    /// <summary>A run that never got this far would prove little.</summary>
    private static readonly HashSet<string> Essential =
    [
        "submit pending", "submit blocked", "submit scheduled", "submit id-conflict", "submit idempotency-mismatch", "submit pending repeat", "graph new",
        "graph repeat", "graph cycle-detected", "claim granted", "claim none", "claim waits", "wait answered", "wait ended", "heartbeat extended",
        "heartbeat cancel", "heartbeat lease-lost", "heartbeat task-finished", "complete completed", "complete lease-lost", "complete task-finished",
        "fail scheduled", "fail failed", "fail cancelled", "release pending", "release scheduled", "release cancelled", "cancel cancelled", "cancel assigned",
        "cancel in_progress", "cancel task-finished", "outage", "reload", "crash",
    ];

    private static void Run(int seed, SortedDictionary<string, int> coverage)
    {
        var run = new ModelRun(seed, coverage);
        try
        {
            run.Run(CommandsPerRun);
        }
        catch (Exception wrong)
        {
            throw new InvalidOperationException($"Seed {seed}, command {run.Commands}. To see it again: {SeedVariable}={seed} {CommandsVariable}=1.\n{wrong.Message}", wrong);
        }
    }

    private static int? Setting(string name)
        => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
