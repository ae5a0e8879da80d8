using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>How much happened in many runs: worlds in which nothing ever happened would prove nothing.</summary>
internal sealed class Figures
{
    private long _worlds, _steps, _calls, _unknown, _acknowledged, _recovered, _grants, _completed, _stale, _takeovers, _wentBack, _kept, _givenUp, _passed, _rejected;

    /// <summary>Whether each of them happened.</summary>
    public bool AreAllThere => Math.Min(_unknown, _recovered) > 0 && Math.Min(_completed, _stale) > 0 && Math.Min(_kept, _givenUp) > _worlds / 4 && Math.Min(_passed, _rejected) > _worlds && _takeovers > 2 * _worlds;

    public void Add(QueueWorld world)
    {
        var seen = world.History.Seen;
        _worlds++;
        _steps += world.Steps;
        _calls += seen.Count;
        _unknown += seen.Count(call => call.Outcome is null);
        var submits = seen.Where(call => call.Command is Command.Submit).ToLookup(call => ((Command.Submit)call.Command).Task.Id, call => call.Outcome is not null);
        _acknowledged += submits.Count(task => task.Contains(true));
        // Nobody was told, and yet it is there.
        _recovered += submits.Count(task => !task.Contains(true) && world.History.Final?.ContainsKey(task.Key) == true);
        _grants += world.Committed.Grants.Values.Sum(grants => grants.Count);
        _completed += world.History.Final?.Values.Count(task => task.State == TaskState.Completed) ?? 0;
        var verdicts = world.History.Final?.Where(task => task.Key.Contains(".verify.", StringComparison.Ordinal) && task.Value.State == TaskState.Completed).ToList() ?? [];
        _passed += verdicts.Count(task => task.Value.Result.StartsWith(Agent.Passes, StringComparison.Ordinal));
        _rejected += verdicts.Count(task => !task.Value.Result.StartsWith(Agent.Passes, StringComparison.Ordinal));
        _stale += seen.Count(call => call.Outcome is Outcome.Refused { Refusal.Name: Refusal.LeaseLost or Refusal.TaskFinished });
        foreach (var rejoined in seen.Where(call => call.Outcome is Outcome.Rejoined))
        {
            var stands = ((Outcome.Rejoined)rejoined.Outcome!).Standing.Length;
            _kept += stands;
            _givenUp += ((Command.Rejoin)rejoined.Command).Held.Length - stands;
        }
        _takeovers += world.Server.WrittenBefore.Count;
        _wentBack += world.History.StoreWentBack ? 1 : 0;
    }

    public override string ToString()
        => $"{_worlds} worlds, {_steps} steps, {_calls} calls ({_unknown} without an answer), {_acknowledged} tasks acknowledged, {_recovered} recovered, "
        + $"{_grants} grants, {_completed} completed, {_passed} results passed and {_rejected} not, {_stale} stale calls refused, {_kept} grants kept and {_givenUp} lost over a new stream, {_takeovers} takeovers, {_wentBack} stores gone back";
}
