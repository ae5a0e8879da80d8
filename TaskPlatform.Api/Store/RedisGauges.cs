using System.Diagnostics.Metrics;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Store;

/// <summary>What <see cref="RedisServerFacts"/> last read of the server's memory.</summary>
internal static class RedisGauges
{
    /// <summary>Makes the gauges; they last as long as the factory. What the server does not tell is not measured.</summary>
    public static void Register(IMeterFactory meters, RedisServerFacts facts)
    {
        var meter = meters.Create(Telemetry.Name);
        meter.CreateObservableGauge(
            "taskplatform.redis.memory", () => Told(facts.Current.MemoryBytes), "By", "Memory that Redis uses.");
        meter.CreateObservableGauge(
            "taskplatform.redis.memory.limit", () => Told(facts.Current.MemoryLimitBytes), "By", "The maxmemory of Redis; absent where there is no limit.");
    }

    private static IEnumerable<Measurement<long>> Told(long? bytes) => bytes is { } told ? [new(told)] : [];
}
