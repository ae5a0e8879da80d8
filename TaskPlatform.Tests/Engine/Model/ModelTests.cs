using System.Globalization;
using CsCheck;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>The engine against an oracle that says the same rules without any index, under random commands, times, crashes and restarts.</summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int StepsPerRun = 130;
    private const int Runs = 150;

    /// <summary>Sets how many new runs are made, of about 350 commands each; the default takes some seconds.</summary>
    private const string RunsVariable = "TASKPLATFORM_MODEL_RUNS";

    /// <summary>Sets the one run to be made, to see a failure again.</summary>
    private const string SeedVariable = "TASKPLATFORM_MODEL_SEED";

    private static readonly Gen<int[]> Steps = Gen.Int[0, int.MaxValue].Array[StepsPerRun];

    [Fact]
    public void Engine_KnownSeeds_ComesToWhatTheRulesSayAndMeetsEveryOutcome()
    {
        var coverage = RunAll(Enumerable.Range(1, Runs).Select(number => new PCG((uint)number, 1).ToString()));

        Assert.Empty(Essential.Except(coverage.Keys));
    }

    [Fact]
    public void Engine_NewSeeds_ComesToWhatTheRulesSay()
        => RunAll(Environment.GetEnvironmentVariable(SeedVariable) is { } seed ? [seed] : NewSeeds(Setting(RunsVariable) ?? Runs));

    private static IEnumerable<string> NewSeeds(int runs)
        => Enumerable.Range(0, runs).Select(number => new PCG((uint)number, (ulong)Random.Shared.NextInt64()).ToString());

    private SortedDictionary<string, int> RunAll(IEnumerable<string> seeds)
    {
        var coverage = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (runs, commands) = (0, 0);
        foreach (var seed in seeds)
        {
            commands += Run(seed, coverage);
            runs++;
        }
        output.WriteLine($"{commands} commands in {runs} runs:");
        foreach (var (what, times) in coverage) output.WriteLine($"{times,7}  {what}");
        return coverage;
    }

    private static int Run(string seed, SortedDictionary<string, int> coverage)
    {
        var steps = Steps.Generate(PCG.Parse(seed), null, out _);
        var run = new ModelRun(coverage);
        try
        {
            run.Run(steps);
        }
        catch (Exception wrong)
        {
            throw new InvalidOperationException($"To see it again: {SeedVariable}={seed}\n{ShortestFailure.Of(steps[..(run.StepIndex + 1)])}", wrong);
        }
        return run.Commands;
    }

    private static int? Setting(string name)
        => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Runs that never got this far would prove little.</summary>
    private static readonly string[] Essential =
    [
        "submit pending",
    ];
}
