using System.Diagnostics.Metrics;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Federation;

/// <summary>What a node measures of its rounds.</summary>
internal static class FederationMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Counter<long> Rounds = Meter.CreateCounter<long>(
        "taskplatform.federation.node.rounds", "{round}", "Rounds that ended for this node, by outcome: answered, or the reason why it left.");

    public static void RoundEnded(string outcome) => Rounds.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
