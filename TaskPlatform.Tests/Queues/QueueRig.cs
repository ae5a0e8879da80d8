using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Api.Queues;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Queues;

/// <summary>Owners, their probe and their health on a clock in hand, over a store in memory whose every answer the test decides about.</summary>
internal sealed class QueueRig : IAsyncDisposable
{
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly QueueParts _parts;
    private readonly QueueHealth _health;

    private QueueRig(QueueAdoption? adoption)
    {
        Server = new MemoryServer(Time);
        _parts = new QueueParts(Time);
        var services = _parts.Services("here", Time, Chance.Secure, TaskScheduler.Default);
        Owners = new QueueOwners(new MemoryQueueStores(Server, Network), services, "here", NullLogger<QueueOwners>.Instance);
        Adoption = adoption ?? new QueueAdoption(Owners, Time, NullLogger<QueueAdoption>.Instance);
        Probe = new QueueProbe(Owners, Time, Meters);
        _health = new QueueHealth(Owners, Adoption, Probe);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ScriptedNetwork Network { get; } = new();

    public MemoryServer Server { get; }

    public QueueOwners Owners { get; }

    public QueueAdoption Adoption { get; }

    public QueueProbe Probe { get; }

    public IMeterFactory Meters => _provider.GetRequiredService<IMeterFactory>();

    /// <summary>With the queues of the last run, of which there are none, taken over.</summary>
    public static async Task<QueueRig> StartAsync()
    {
        var rig = new QueueRig(null);
        await rig.Adoption.StartAsync(TestContext.Current.CancellationToken);
        await rig.Adoption.Adopted;
        return rig;
    }

    public async Task<QueueOwner> OwnerAsync(string queue) => (QueueOwner)await Owners.FindAsync(queue, TestContext.Current.CancellationToken);

    /// <summary>A round of the probe, to its end.</summary>
    public async Task ProbeAsync()
    {
        Probe.Round();
        foreach (var pulse in Probe.Pulses) await pulse.Asked;
    }

    /// <summary>What health says is wrong; null when it is green.</summary>
    public async Task<string?> TroubleAsync()
    {
        var result = await _health.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
        return result.Status == HealthStatus.Healthy ? null : result.Description;
    }

    public async ValueTask DisposeAsync()
    {
        Network.Decide = _ => Task.FromResult(CallFate.Answered);
        await Owners.DisposeAsync();
        Probe.Dispose();
        Adoption.Dispose();
        await _parts.DisposeAsync();
        await _provider.DisposeAsync();
    }
}
