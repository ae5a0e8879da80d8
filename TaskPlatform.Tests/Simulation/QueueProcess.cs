using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Simulation;

/// <summary>The service as one process: the real owners, on the process's clocks and threads, over its own network to the store.</summary>
internal sealed class QueueProcess
{
    public const string Queue = "q";

    private readonly QueueWorld _world;
    private readonly QueueOwners _owners;
    private readonly StreamClaims _claims = new();

    public QueueProcess(QueueWorld world, VirtualTime time, QueueParts parts, int number, string instance, Random random)
    {
        (_world, Instance, Process) = (world, instance, new VirtualProcess(time, number));
        Network = new HostileNetwork(new Random(random.Next()), time.Clock) { Trouble = world.Plan.StoreTrouble };
        var stores = world.Twin.Stores(new MemoryQueueStores(world.Server, new Carrier(time, Network)));
        var services = parts.Services(instance, Process.Time, Seeded(new Random(random.Next())), Process.Scheduler);
        _owners = new QueueOwners(stores, services, instance, NullLogger<QueueOwners>.Instance);
    }

    public string Instance { get; }

    public VirtualProcess Process { get; }

    public HostileNetwork Network { get; }

    /// <summary>Whether it owns the queue, or did.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Why the queue is not served any more; null while it may be.</summary>
    public string? Stopped => _owners.Stopped.GetValueOrDefault(Queue);

    /// <summary>Answers a call as an endpoint does.</summary>
    /// <exception cref="QueueUnavailableException">It may have happened or not.</exception>
    public Task<Answer> AnswerAsync(Command command, CancellationToken callerGone) => Process.DoAsync(async () =>
    {
        if (command is Command.Claim { InstanceId: not null } claim) return await _claims.StandAsync(claim, gone => AskAsync(command, gone), callerGone);
        if (command is Command.Rejoin rejoin) await _claims.EndAsync(rejoin);
        return await AskAsync(command, callerGone);
    });

    private async Task<Answer> AskAsync(Command command, CancellationToken callerGone)
    {
        var owner = await _owners.FindAsync(Queue, callerGone);
        var reply = await owner.SendAsync(_world.Twin.Forge(_world.Server, command with { }), callerGone);
        _world.Hear(command, reply.Outcome);
        HasAnswered = true;
        return new Answer(owner, await WholeAsync(owner, reply.Outcome, callerGone));
    }

    private static async Task<Outcome> WholeAsync(IQueueOwner owner, Outcome outcome, CancellationToken callerGone) => outcome switch
    {
        Outcome.Claimed claimed => new Outcome.Claimed([.. from grant in await owner.HydrateAllAsync(claimed.Grants, withInputs: true, callerGone) where grant is not null select grant]),
        Outcome.TaskAnswer answer => await owner.HydrateAsync(answer.View, callerGone) is { } whole
            ? answer with { View = whole }
            : new Outcome.Refused(Refusal.Of(Refusal.TaskPurged, "It was deleted.")),
        _ => outcome,
    };

    private static Chance Seeded(Random random) => new(() => (UInt128)random.NextInt64(1, long.MaxValue), random.NextDouble);

    /// <summary>Carries what was sent out of the process: it arrives, or not, whatever becomes of the sender.</summary>
    private sealed class Carrier(VirtualTime time, INetwork network) : INetwork
    {
        public Task<T> CallAsync<T>(string what, Func<T> onServer) => time.Outside(() => network.CallAsync(what, onServer));
    }
}

/// <summary>An answer, and who gave it.</summary>
internal sealed record Answer(object Owner, Outcome Outcome);
