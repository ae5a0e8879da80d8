using System.Collections.Immutable;
using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>
/// What a mirror knows of the task that it stands for. In labels, so that it is stored with the task and outlives this process, and so that operators see where work comes from.
/// </summary>
/// <param name="Home">The node that lent it.</param>
/// <param name="TaskId">Its id there.</param>
/// <param name="Token">The lease. It counts only with the home's own connection to this node.</param>
/// <param name="LeaseMs">How long that lasts without a report, in milliseconds.</param>
/// <param name="Cap">In how many released figures it may be counted.</param>
internal sealed record MirrorLabels(string Home, string TaskId, string Token, long LeaseMs, string Cap)
{
    private const string TaskLabel = "federation.task";
    private const string TokenLabel = "federation.lease";
    private const string LeaseLabel = "federation.lease-ms";
    private const string CapLabel = "federation.cap";

    public ImmutableSortedDictionary<string, string> Write() => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create(FederationMarks.HomeLabel, Home),
        KeyValuePair.Create(TaskLabel, TaskId),
        KeyValuePair.Create(TokenLabel, Token),
        KeyValuePair.Create(LeaseLabel, LeaseMs.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create(CapLabel, Cap),
    ]);

    /// <summary>Null: somebody else wrote the labels.</summary>
    public static MirrorLabels? Read(TaskItem task)
        => task.Labels.TryGetValue(FederationMarks.HomeLabel, out var home)
        && task.Labels.TryGetValue(TaskLabel, out var id)
        && task.Labels.TryGetValue(TokenLabel, out var token)
        && task.Labels.TryGetValue(CapLabel, out var cap)
        && task.Labels.TryGetValue(LeaseLabel, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var leaseMs) && leaseMs > 0
            ? new MirrorLabels(home, id, token, leaseMs, cap)
            : null;
}
