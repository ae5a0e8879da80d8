using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>Calls and answers, for whoever reads a failure.</summary>
internal static class SeenWords
{
    public static string Of(Command command) => command switch
    {
        Command.Submit submit => $"submit {submit.Task.Id}",
        Command.SubmitGraph submit => $"graph {submit.GraphId}",
        Command.Claim claim => $"{claim.AgentId} claims {claim.ClaimId}",
        Command.Rejoin rejoin => $"{rejoin.AgentId}/{rejoin.InstanceId} is back with {string.Join(' ', rejoin.Held.Select(Of))}",
        Command.Heartbeat beat => $"heartbeat {beat.TaskId} {beat.Token:x}",
        Command.Complete complete => $"complete {complete.TaskId} {complete.Token:x}",
        Command.Fail fail => $"fail {fail.TaskId} {fail.Token:x}",
        Command.Release release => $"release {release.TaskId} {release.Token:x}",
        Command.AddChildren add => $"children {add.TaskId} {add.Token:x}",
        Command.GetTask get => $"get {get.TaskId}",
        Command.Cancel cancel => $"cancel {cancel.TaskId}",
        Command.Retry retry => $"retry {retry.TaskId}",
        _ => command.GetType().Name,
    };

    public static string Of(Outcome? outcome) => outcome switch
    {
        null => "unknown",
        Outcome.Refused refused => refused.Refusal.Name,
        Outcome.Claimed claimed => $"granted {string.Join(' ', claimed.Grants.Select(grant => $"{grant.Task.Id}:{grant.Task.Lease!.Token:x}"))}",
        Outcome.Rejoined rejoined => $"stands {string.Join(' ', rejoined.Standing.Select(standing => Of(standing.Grant)))}",
        Outcome.TaskAnswer answer => $"{answer.View.Task.State}",
        _ => outcome.GetType().Name,
    };

    private static string Of(HeldGrant grant) => $"{grant.TaskId}:{grant.Token:x}";
}
