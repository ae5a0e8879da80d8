using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>
/// An agent over streams. Where one breaks it opens another and names what it holds. While the world is hostile it forgets some of that, and works as two
/// instances in turn, as a program does that is started again elsewhere.
/// </summary>
internal sealed class StreamAgent(QueueWorld world, string id, Random random) : Agent(world, id, random)
{
    private const int Most = 4;

    private readonly Dictionary<UInt128, string> _held = [];
    private readonly HashSet<UInt128> _lost = [];
    private readonly List<Task> _running = [];
    private bool _isOpen;
    private int _instance;

    private string Instance => $"{_instance % 2}";

    public override async Task RunAsync()
    {
        while (!World.IsOver)
        {
            _running.RemoveAll(run => run.IsCompleted);
            if (!_isOpen) await OpenAsync();
            else if (_running.Count < Most) await ClaimAsync();
            if (!_isOpen || _running.Count == Most) await World.DelayAsync(Random.Next(50, 400));
            else if (Chance(0.02)) Break();
        }
        await Task.WhenAll(_running);
    }

    protected override bool MayGoOn(UInt128 token) => !_lost.Contains(token) || Chance(0.3);

    private void Break() => _isOpen = false;

    private async Task OpenAsync()
    {
        if (Chance(0.15)) StartAgain();
        var named = _held.Where(_ => !Chance(0.2)).Select(grant => new HeldGrant(grant.Value, grant.Key)).ToList();
        if (await Caller.AskAsync(new Command.Rejoin(Id, Instance, [.. named])) is not Outcome.Rejoined rejoined) return;
        _lost.UnionWith(named.Except(rejoined.Standing.Select(standing => standing.Grant)).Select(grant => grant.Token));
        _isOpen = true;
    }

    // What the instance before holds is worked on by nobody who knows of it, and its tasks go on nevertheless.
    private void StartAgain()
    {
        _held.Clear();
        _instance++;
    }

    private async Task ClaimAsync()
    {
        var claim = new Command.Claim(Id, Instance, null, Random.Next(1, Most - _running.Count + 1), Random.Next(2) * 2_000, null, null);
        var outcome = await Caller.AskAsync(claim);
        if (outcome is null) Break();
        else if (outcome is Outcome.Claimed { Grants: { IsEmpty: false } grants }) _running.AddRange(grants.Select(grant => HoldAsync(grant.Task)));
        else await World.DelayAsync(Random.Next(50, 400));
    }

    private async Task HoldAsync(TaskItem task)
    {
        var token = task.Lease!.Token;
        _held.Add(token, task.Id);
        await WorkAsync(task);
        _held.Remove(token);
    }
}
