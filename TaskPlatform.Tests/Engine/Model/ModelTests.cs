using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>The engine against an oracle that says the same rules without any index, under random commands, times, crashes and restarts.</summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int CommandsPerRun = 400;
    private const int Runs = 60;

    /// <summary>Sets how many runs are made; the default takes a few seconds.</summary>
    private const string RunsVariable = "TASKPLATFORM_MODEL_RUNS";

    /// <summary>Sets the first run's seed, to see a failure again.</summary>
    private const string SeedVariable = "TASKPLATFORM_MODEL_SEED";

    [Fact]
    public void Engine_KnownSeeds_ComesToWhatTheRulesSayAndMeetsEveryOutcome()
    {
        var coverage = RunAll(firstSeed: 1, Runs / 2);

        Assert.Superset(Essential, coverage.Keys.ToHashSet());
    }

    [Fact]
    public void Engine_NewSeeds_ComesToWhatTheRulesSay()
        => RunAll(Setting(SeedVariable) ?? Random.Shared.Next(1 << 30), Setting(RunsVariable) ?? Runs / 2);

    private SortedDictionary<string, int> RunAll(int firstSeed, int runs)
    {
        var coverage = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = firstSeed; seed < firstSeed + runs; seed++) Run(seed, coverage);
        output.WriteLine($"{runs} runs from seed {firstSeed}:");
        foreach (var (what, times) in coverage) output.WriteLine($"{times,7}  {what}");
        return coverage;
    }

    /// <summary>A run that never got this far would prove little.</summary>
    private static readonly HashSet<string> Essential =
    [
        "submit pending", "submit blocked", "submit scheduled", "submit id-conflict", "submit idempotency-mismatch", "submit pending repeat", "graph new",
        "graph repeat", "graph cycle-detected", "claim granted", "claim none", "claim waits", "wait answered", "wait ended", "heartbeat extended",
        "heartbeat cancel", "heartbeat lease-lost", "heartbeat task-finished", "complete completed", "complete lease-lost", "complete task-finished",
        "fail scheduled", "fail failed", "fail cancelled", "release pending", "release scheduled", "release cancelled", "cancel cancelled", "cancel assigned",
        "cancel in_progress", "cancel task-finished", "outage", "reload", "crash", "probe done",
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
            throw new InvalidOperationException($"Seed {seed}, command {run.Commands}. To see it again: {SeedVariable}={seed} {RunsVariable}=1.\n{wrong.Message}", wrong);
        }
    }

    private static int? Setting(string name)
        => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
