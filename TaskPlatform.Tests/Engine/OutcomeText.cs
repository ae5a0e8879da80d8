using System.Collections.Immutable;
using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>Outcomes in a few words, as scenarios and the model compare them.</summary>
internal static class OutcomeText
{
    public static string Of(Outcome outcome, string verb) => outcome switch
    {
        Outcome.Refused { Refusal: var refusal } => Join("refused", refusal.Name, string.Join(' ', refusal.Ids)),
        Outcome.TaskAnswer answer => Join(Words.Of(answer.View.Task.State), verb == "submit" && !answer.IsNew ? Repeat(answer) : ""),
        Outcome.Noted noted => Join(Words.Of(noted.State), verb == "submit" && !noted.IsNew ? "repeat" : ""),
        Outcome.GraphAnswer answer => Join(Members(answer.View), verb == "graph" && !answer.IsNew ? "repeat" : "", Path(verb, answer.View)),
        Outcome.Claimed claimed => Ids(claimed),
        Outcome.Parked => "waits",
        Outcome.Extended extended => Join($"{extended.LeaseMs}ms", extended.CancelRequested ? "cancel" : ""),
        Outcome.Rejoined rejoined => Standing(rejoined.Standing),
        Outcome.Page page => Join(string.Join(' ', page.Tasks.Select(view => view.Task.Id)), page.Next is { } next ? $"next={next}" : ""),
        Outcome.AgentList list => string.Join(' ', list.Agents.Select(Describe)),
        Outcome.QueueAnswer answer => Describe(answer.View),
        Outcome.Probed probed => Describe(probed.View),
        Outcome.WhyAnswer why => Join(why.View.Reason, string.Join(' ', why.View.WaitingFor)),
        Outcome.OperationAnswer answer => Describe(answer.Operation),
        Outcome.ScheduleList list => string.Join(' ', list.Schedules.Select(Describe)),
        Outcome.RouteList list => string.Join(' ', list.Routes.SelectMany(route => route.Figures).Select(Describe)),
        Outcome.Done => "done",
        _ => throw new InvalidOperationException($"Nothing says how to write {outcome}."),
    };

    public static string Join(params ReadOnlySpan<string> words) => string.Join(' ', words.ToArray().Where(word => word.Length > 0));

    private static string Repeat(Outcome.TaskAnswer answer) => answer.DeduplicatedBy is null ? "repeat" : $"repeat of {answer.View.Task.Id}";

    public static string Describe(OperationItem operation) => string.Create(
        CultureInfo.InvariantCulture, $"{(operation.FinishedUnixMs is null ? "runs" : "done")} matched={operation.Matched} changed={operation.Changed}");

    /// <summary>Attempts, the share that passed, and what they cost.</summary>
    private static string Describe(CandidateFigures known) => string.Create(
        CultureInfo.InvariantCulture,
        $"{known.Candidate}/{known.Type}={known.Figures.Attempts.Attempts}/{known.Figures.Attempts.SuccessRate:0.###}/{known.Figures.Cost.Mean:0.###}");

    public static string Describe(ScheduleItem schedule) => string.Create(
        CultureInfo.InvariantCulture, $"{schedule.Name} made={schedule.Made} skipped={schedule.Skipped} last={schedule.LastTaskId ?? "none"}");

    private static string Members(GraphView graph) => string.Join(' ', graph.Tasks.Select(view => $"{view.Task.Id}={Words.Of(view.Task.State)}"));

    private static string Path(string verb, GraphView graph)
        => verb == "get-graph" ? $"path={string.Join('>', graph.CriticalPath)}" : "";

    public static string Ids(Outcome.Claimed claimed)
        => claimed.Grants.IsEmpty ? "none" : string.Join(' ', claimed.Grants.Select(view => view.Task.Id));

    /// <summary>What a stream's agent still holds; in which order it is told does not matter.</summary>
    public static string Standing(IEnumerable<StandingGrant> grants) => Join("stands", string.Join(' ', grants.Select(Describe).Order(StringComparer.Ordinal)));

    private static string Describe(StandingGrant grant)
        => $"{grant.Grant.TaskId}:{grant.Grant.Token}:{grant.LeaseMs}ms{(grant.CancelRequested ? ":cancel" : "")}";

    public static string Describe(AgentItem agent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{agent.Id} load={agent.Instances.Values.Sum(instance => instance.Load)} rate={agent.SuccessRate:0.###} mean={agent.MeanSeconds:0.###} total={agent.TotalTasks}")
        + (agent.IsDraining ? " draining" : "");

    private static string Describe(ProbeView probe) => Join(
        Describe(probe.Counts), $"waiting={probe.WaitingClaims} busy={probe.BusySlots}", probe.Missed is { } missed ? $"missed={missed.AgentId}:{missed.TaskId}" : "");

    private static string Describe(ImmutableArray<int> counts) => string.Join(' ', counts.Select((count, state) => (count, state))
        .Where(pair => pair.count > 0).Select(pair => $"{Words.Of((TaskState)pair.state)}={pair.count}"));

    private static string Describe(QueueView queue) => Join(
        Describe(queue.Counts),
        queue.Settings.Paused ? "paused" : "",
        queue.Settings.PausedTypes.IsEmpty ? "" : $"paused={string.Join(',', queue.Settings.PausedTypes)}");
}
