namespace TaskPlatform.Tests.Simulation;

/// <summary>The kinds of worlds.</summary>
public enum WorldKind
{
    /// <summary>Two processes that both may believe to own the queue; they stop, wake, are cut off, and die. The store keeps what it has.</summary>
    TwoOwners,

    /// <summary>One process that dies at any await and is started again, and a store that loses its last seconds while its owner lives.</summary>
    Crashes,

    /// <summary>Two processes, and a store that goes back far or loses all.</summary>
    StoreGoesBack,
}

/// <summary>What a world is like, by its seed.</summary>
internal sealed record WorldPlan
{
    public required WorldKind Kind { get; init; }

    /// <summary>How many processes want the queue.</summary>
    public int Processes { get; init; } = 2;

    /// <summary>Which share of calls to the store gets into trouble.</summary>
    public double StoreTrouble { get; init; }

    /// <summary>Which share of clients' calls does, on each of several ways.</summary>
    public double CallTrouble { get; init; }

    /// <summary>Whether a machine's monotonic clock stands still while its process is stopped; otherwise wall clocks are stepped.</summary>
    public bool Sleeps { get; init; }

    /// <summary>How far the store may go back.</summary>
    public TimeSpan GoesBack { get; init; }

    /// <summary>The most steps that a process lives; 0: it dies of nothing but accidents.</summary>
    public int LongestLife { get; init; }

    public static WorldPlan Of(WorldKind kind, Random random)
    {
        var plan = new WorldPlan
        {
            Kind = kind,
            StoreTrouble = random.Next(3) switch { 0 => 0.005, 1 => 0.02, _ => 0.08 },
            CallTrouble = random.Next(3) switch { 0 => 0.01, 1 => 0.05, _ => 0.1 },
            Sleeps = random.Next(2) == 0,
        };
        return kind switch
        {
            WorldKind.Crashes => plan with { Processes = 1, LongestLife = 1 << random.Next(6, 13), GoesBack = TimeSpan.FromSeconds(3) },
            WorldKind.StoreGoesBack => plan with { GoesBack = TimeSpan.FromSeconds(random.Next(2) == 0 ? 4 : 60) },
            _ => plan,
        };
    }
}
