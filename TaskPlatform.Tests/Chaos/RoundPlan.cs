namespace TaskPlatform.Tests.Chaos;

/// <summary>What happens to the real thing.</summary>
public enum FaultKind
{
    /// <summary>SIGKILL of the Api; started again.</summary>
    KillApi,

    /// <summary>SIGKILL of Redis; started again.</summary>
    KillRedis,

    /// <summary>SIGKILL of an agent with its tasks; started again.</summary>
    KillAgent,

    /// <summary>SIGSTOP of the Api, then SIGCONT.</summary>
    PauseApi,

    /// <summary>SIGSTOP of Redis, then SIGCONT.</summary>
    PauseRedis,

    /// <summary>SIGSTOP of an agent, then SIGCONT.</summary>
    PauseAgent,

    /// <summary>Between the Api and Redis.</summary>
    StoreNetwork,

    /// <summary>Between callers and the Api.</summary>
    ClientNetwork,

    /// <summary>Redis dies, and its file loses its end.</summary>
    CutFile,

    /// <summary>Redis reaches its <c>maxmemory</c>.</summary>
    FullMemory,

    /// <summary>The disk of Redis's file is full.</summary>
    FullDisk,

    /// <summary>The Api that owns the queue is away for longer than its lease, another takes over, and the first comes back.</summary>
    OtherOwner,
}

/// <summary>One thing that happens.</summary>
/// <param name="Kind">What.</param>
/// <param name="AfterMs">When, in milliseconds after the load has got going.</param>
/// <param name="ForMs">How long it lasts, in milliseconds.</param>
/// <param name="Way">Which of its ways, from 0 on; each fault takes the rest by how many it has.</param>
internal sealed record Fault(FaultKind Kind, int AfterMs, int ForMs, int Way)
{
    public override string ToString() => $"{Kind}/{Way} at {AfterMs} ms for {ForMs} ms";
}

/// <summary>How the agent process speaks with the service.</summary>
public enum AgentWay
{
    /// <summary>Calls alone.</summary>
    Http,

    /// <summary>Streams alone: it can reach nothing else.</summary>
    Streams,

    /// <summary>Streams, and calls for a while where none can be opened, as agents do by default.</summary>
    StreamsOrHttp,
}

/// <summary>What a round is like, by its seed.</summary>
internal sealed record RoundPlan
{
    /// <summary>Seeds come in blocks of so many: each kind of fault four times, the last time with long pauses.</summary>
    public const int Block = 4 * Kinds;

    private const int Kinds = 12;
    private const int OwnersLeaseMs = 10_000;

    // Those that go with any other: what is promised through one is promised through two.
    private static readonly FaultKind[] Seconds =
        [FaultKind.KillApi, FaultKind.KillRedis, FaultKind.PauseApi, FaultKind.PauseRedis, FaultKind.StoreNetwork];

    public required long Seed { get; init; }

    public required IReadOnlyList<Fault> Faults { get; init; }

    /// <summary>Whether Redis syncs each write, or each second.</summary>
    public required bool SyncsAlways { get; init; }

    /// <summary>Seeds the agents' and submitters' chances.</summary>
    public required int LoadSeed { get; init; }

    /// <summary>How the agent process works, if there is one.</summary>
    public AgentWay AgentWay { get; init; }

    /// <summary>Whether an agent is a process of its own. It knows one service only: it could do nothing once another has the queue.</summary>
    public bool HasAgent => Has(FaultKind.KillAgent) || Has(FaultKind.PauseAgent) || (AgentWay != AgentWay.Http && !Has(FaultKind.OtherOwner));

    public bool Has(FaultKind kind) => Faults.Any(fault => fault.Kind == kind);

    /// <summary>Whether what was acknowledged may be lost with nobody left to notice: docs/store.md, "What does not hold".</summary>
    public bool MayLose => Faults.Any(fault => fault is { Kind: FaultKind.CutFile, Way: 1 });

    /// <summary>Whether an agent that beats all the time keeps its lease, whatever happens: not if nobody hears it.</summary>
    public bool KeepsLeases => !Has(FaultKind.ClientNetwork) && !MayLose;

    public static RoundPlan Of(long seed)
    {
        var random = new Random((int)(seed ^ (seed >> 32)));
        var isLong = seed / Kinds % 4 == 3;
        var first = Draw((FaultKind)(seed % Kinds), isLong, random);
        var second = random.Next(5) < 2 ? Draw(Seconds[random.Next(Seconds.Length)], isLong, random) : null;
        var isAlone = first.Kind is FaultKind.CutFile or FaultKind.FullDisk or FaultKind.OtherOwner;
        return new RoundPlan
        {
            Seed = seed,
            Faults = isAlone || second is null || second.Kind == first.Kind ? [first] : [first, second],
            SyncsAlways = random.Next(2) == 0,
            LoadSeed = random.Next(),
            AgentWay = DrawWay(random),
        };
    }

    /// <summary>Another server for the Redis protocol gets a smaller share: itself or the Api is killed.</summary>
    public static RoundPlan OfKills(long seed)
    {
        var random = new Random((int)(seed ^ (seed >> 32)));
        var kind = seed % 2 == 0 ? FaultKind.KillApi : FaultKind.KillRedis;
        return new RoundPlan { Seed = seed, Faults = [Draw(kind, false, random)], SyncsAlways = true, LoadSeed = random.Next(), AgentWay = DrawWay(random) };
    }

    public override string ToString() => $"seed {Seed}: {string.Join(", ", Faults)}, appendfsync {(SyncsAlways ? "always" : "everysec")}{(HasAgent ? $", agent over {AgentWay}" : "")}";

    /// <summary>Half of the rounds are over streams.</summary>
    private static AgentWay DrawWay(Random random) => random.Next(4) switch { 0 => AgentWay.Streams, 1 => AgentWay.StreamsOrHttp, _ => AgentWay.Http };

    private static Fault Draw(FaultKind kind, bool isLong, Random random)
    {
        var longest = isLong && kind is (FaultKind.PauseApi or FaultKind.PauseRedis or FaultKind.PauseAgent) ? 60_000 : 6_000;
        var ms = kind switch
        {
            FaultKind.OtherOwner => OwnersLeaseMs + random.Next(500, 2_500),
            FaultKind.KillApi or FaultKind.KillRedis or FaultKind.KillAgent or FaultKind.CutFile => random.Next(1_500),
            _ => random.Next(1_000, longest),
        };
        return new Fault(kind, random.Next(1_500), ms, kind == FaultKind.CutFile ? random.Next(2) : random.Next(60));
    }
}
