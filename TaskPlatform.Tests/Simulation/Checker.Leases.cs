using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>Who held what, and until when.</summary>
internal sealed partial class Checker
{
    /// <summary>An agent rightly believes in its lease from the grant's commit to the end that it was told, unless it gave it back or somebody cancelled.</summary>
    private void CheckOverlaps()
    {
        var heard = history.Seen.Where(seen => seen.Outcome is Outcome.Claimed).SelectMany(seen => ((Outcome.Claimed)seen.Outcome!).Grants)
            .Select(grant => grant.Task.Lease!.Token).ToHashSet();
        var prolonged = Answered.SelectMany(Prolonged).ToLookup(lease => lease.Token, lease => lease.UntilMs);
        foreach (var (id, grants) in committed.Grants)
        {
            for (var index = 0; index + 1 < grants.Count; index++)
            {
                var (grant, next) = (grants[index], grants[index + 1]);
                if (!heard.Contains(grant.Token)) continue;
                var until = Math.Min(prolonged[grant.Token].Append(grant.Since.Ms + grant.DurationMs).Max(), EndedBy(id, grant));
                if (next.By.Ms < until)
                    Report(FindingKind.Overlap, $"{id} was granted anew at {next.By.Ms} ms, {until - next.By.Ms} ms before the lease {grant.Token:x} of {grant.Since.Ms} ms ended");
            }
        }
    }

    private static IEnumerable<(UInt128 Token, long UntilMs)> Prolonged(Seen seen) => (seen.Command, seen.Outcome) switch
    {
        (Command.Heartbeat beat, Outcome.Extended extended) => [(beat.Token, seen.SentMs + extended.LeaseMs)],
        (_, Outcome.Rejoined rejoined) => rejoined.Standing.Select(standing => (standing.Grant.Token, seen.SentMs + standing.LeaseMs)),
        _ => [],
    };

    /// <summary>The first moment at which the agent itself, or somebody who cancelled, may have ended the grant.</summary>
    private long EndedBy(string id, Committed.Grant grant)
    {
        var ends = history.Seen.Where(seen => seen.Outcome is not Outcome.Refused && (IsEnd(seen.Command, id, grant.Token) || IsLeftOut(seen, id, grant)));
        return ends.Select(seen => seen.SentMs).DefaultIfEmpty(long.MaxValue).Min();
    }

    // A child is cancelled when its parent is over, whoever ended that.
    private static bool IsEnd(Command command, string id, UInt128 token) => command switch
    {
        Command.Cancel cancel => IsOrAdded(cancel.TaskId, id),
        Command.AddChildren add => add.Token == token,
        _ when Settles(command) is { } settles => settles.Token == token || (settles.Id != id && IsOrAdded(settles.Id, id)),
        _ => false,
    };

    private static bool IsOrAdded(string id, string child) => id == child || child.StartsWith($"{id}.", StringComparison.Ordinal);

    /// <summary>Whether its agent came back without it, before anything was heard of the work. What was begun runs on.</summary>
    private bool IsLeftOut(Seen seen, string id, Committed.Grant grant)
        => IsWithout(seen.Command, grant) && (seen.Outcome is null || seen.OverMs >= grant.Since.Ms)
        && !(committed.Since(Committed.Begun(id, grant.Token))?.Ms < seen.SentMs);

    private static bool IsWithout(Command command, Committed.Grant grant)
        => command is Command.Rejoin rejoin && grant.Holder == (rejoin.AgentId, rejoin.InstanceId) && rejoin.Held.All(held => held.Token != grant.Token);

    /// <summary>What was granted before its agent came back without it, and never begun, stands no more when the agent is told that it is back.</summary>
    private void CheckRejoins()
    {
        foreach (var seen in Answered.Where(seen => seen.Outcome is Outcome.Rejoined))
        {
            foreach (var (id, grants) in committed.Grants)
            {
                foreach (var grant in grants.Where(grant => grant.By.Ms < seen.SentMs && IsWithout(seen.Command, grant)))
                {
                    if (StoodBy(Committed.Begun(id, grant.Token), seen) || StoodBy(Committed.Ended(id, grant.Token), seen)) continue;
                    Report(FindingKind.Unheard, $"{id} was still leased with {grant.Token:x} of {grant.By.Ms} ms when its agent had come back without it at {seen.OverMs} ms");
                }
            }
        }
    }

    private bool StoodBy(string fact, Seen seen) => committed.Since(fact)?.Ms <= seen.OverMs;
}
