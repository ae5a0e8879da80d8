using System.Globalization;

namespace TaskPlatform.Tests.Simulation;

/// <summary>
/// The whole way from the caller to the store in worlds that are hostile by their seed: the real owners, pipelines and engines on one thread and a virtual
/// clock, over a store in memory. docs/testing.md says what is checked.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 200;

    /// <summary>Sets how many new seeds are run, over all kinds of worlds.</summary>
    private const string SeedsVariable = "TASKPLATFORM_SIMULATION_SEEDS";

    /// <summary>Sets the one seed to be run, to see a failure again.</summary>
    private const string SeedVariable = "TASKPLATFORM_SIMULATION_SEED";

    public static TheoryData<WorldKind> Kinds => [.. Enum.GetValues<WorldKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public void World_NewSeeds_KeepsEveryPromise(WorldKind kind)
    {
        if (Setting(SeedVariable) is { } seed)
        {
            RunOne(kind, seed);
            return;
        }
        var first = Random.Shared.NextInt64(1_000_000_000_000);
        var seeds = (Setting(SeedsVariable) ?? Seeds) / Kinds.Count;
        output.WriteLine($"{kind}: seeds {first} to {first + seeds - 1}");
        var figures = new Figures();
        var wrong = new List<string>();
        for (var next = first; next < first + seeds; next++)
        {
            var world = new QueueWorld(kind, next);
            var findings = world.Run();
            figures.Add(world);
            if (findings.Count > 0) wrong.Add($"{SeedVariable}={next}: {string.Join("; ", findings.Take(5))}");
        }
        output.WriteLine(figures.ToString());
        Assert.Empty(wrong);
        Assert.True(seeds < 20 || figures.AreAllThere, figures.ToString());
    }

    /// <summary>Everything that a run depends on is its seed.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public void World_SameSeedTwice_RunsTheSame(WorldKind kind)
    {
        var (one, again, other) = (Traced(kind, 7), Traced(kind, 7), Traced(kind, 8));

        Assert.NotEmpty(one.Lines);
        Assert.Equal(one.Lines, again.Lines);
        Assert.Equal(one.Hash, again.Hash);
        Assert.NotEqual(one.Hash, other.Hash);
    }

    private static Trace Traced(WorldKind kind, long seed)
    {
        var world = new QueueWorld(kind, seed, keepsTrace: true);
        world.Run();
        return world.Trace;
    }

    private void RunOne(WorldKind kind, long seed)
    {
        var world = new QueueWorld(kind, seed, keepsTrace: true);
        var findings = world.Run();
        foreach (var line in world.Trace.Lines) output.WriteLine(line);
        output.WriteLine($"{kind} {seed}: {world.Trace.Hash}");
        Assert.Empty(findings);
    }

    private static long? Setting(string name)
        => Environment.GetEnvironmentVariable(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
