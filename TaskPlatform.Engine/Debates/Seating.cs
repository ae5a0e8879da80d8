namespace TaskPlatform.Engine.Debates;

/// <summary>
/// Who is asked. No agent has two seats while another one that can is here; a seat stays with who had it; who failed is not asked again while another
/// can be.
/// </summary>
/// <param name="rules">What was asked for.</param>
/// <param name="turns">Every turn so far.</param>
/// <param name="present">Agents that are here.</param>
internal sealed class Seating(DebateRules rules, IReadOnlyList<Turn> turns, IReadOnlyList<PresentAgent> present)
{
    private readonly Dictionary<int, string> _seated = turns.Where(turn => turn is { IsJudge: false, AgentId: not null })
        .GroupBy(turn => turn.Seat).ToDictionary(seat => seat.Key, seat => seat.MaxBy(turn => (turn.Round, turn.Try))!.AgentId!);

    private readonly HashSet<string> _failed = [.. turns.Where(turn => turn.State == TurnState.Failed).Select(turn => turn.AgentId).OfType<string>()];

    /// <summary>The first turn of a seat in a round.</summary>
    public NextTurn Place(int round, int seat)
    {
        if (_seated.TryGetValue(seat, out var before) && IsHere(before)) return new NextTurn(round, seat, 1, before);
        var chosen = Free(seat);
        // Who was named and is away may come yet.
        chosen ??= rules.Agents.IsEmpty ? null : rules.Agents[seat - 1];
        if (chosen is not null) _seated[seat] = chosen;
        return new NextTurn(round, seat, 1, chosen);
    }

    /// <summary>The turn of whoever stands in for one that failed; null: nobody can, and the seat is left out.</summary>
    public NextTurn? StandIn(Turn failed)
    {
        var chosen = Free(failed.Seat);
        if (chosen is null && !rules.Agents.IsEmpty) return null;
        if (chosen is not null) _seated[failed.Seat] = chosen;
        return new NextTurn(failed.Round, failed.Seat, 2, chosen);
    }

    /// <summary>The judge: the agent of that name where one is here, else whoever has the capability.</summary>
    public NextTurn Judge(int attempt) => new(0, 0, attempt, present.Any(agent => agent.Id == rules.Judge) ? rules.Judge : null);

    private bool IsHere(string agentId) => present.Any(agent => agent.Id == agentId);

    private string? Free(int seat)
    {
        var taken = _seated.Where(pair => pair.Key != seat).Select(pair => pair.Value).Concat(_failed).ToHashSet();
        if (rules.Agents.IsEmpty)
        {
            return present.Where(agent => agent.Can(rules.Capability!) && !taken.Contains(agent.Id) && !_seated.ContainsValue(agent.Id))
                .OrderByDescending(agent => agent.FreeSlots > 0).ThenByDescending(agent => agent.FreeSlots).ThenBy(agent => agent.Id, StringComparer.Ordinal)
                .FirstOrDefault()?.Id;
        }
        var own = rules.Agents[seat - 1];
        if (IsHere(own) && !taken.Contains(own)) return own;
        return rules.Agents.Skip(rules.Debaters).FirstOrDefault(agent => IsHere(agent) && !taken.Contains(agent));
    }
}
