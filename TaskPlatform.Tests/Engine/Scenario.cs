using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>
/// Plays a scenario line by line. A line is a command, and behind an arrow what is to come of it; Scenarios/README.md lists the words.
/// </summary>
public sealed partial class Scenario
{
    private readonly Dictionary<string, List<UInt128>> _grants = [];
    private readonly Dictionary<string, Command> _waiting = [];
    private EngineRig _rig = new();
    private int _eventsSeen;
    private int _answersSeen;

    public static void Play(IEnumerable<(int Number, string Text)> lines)
    {
        var scenario = new Scenario();
        foreach (var (number, text) in lines)
        {
            try
            {
                var line = ScenarioLine.Parse(text);
                var actual = scenario.Do(line);
                line.AssertAllRead();
                if (line.Expected is { } expected) Assert.Equal(expected, actual);
                else Assert.False(actual.StartsWith("refused", StringComparison.Ordinal), actual);
            }
            catch (Exception wrong)
            {
                throw new InvalidOperationException($"Line {number}: {text}\n{wrong.Message}", wrong);
            }
        }
        Assert.True(scenario.NewAnswers() is "none", "Claims were answered, and no line says so.");
    }

    private string Do(ScenarioLine line) => line.Words[0] switch
    {
        "limits" => SetLimits(line),
        "random" => Say(() => _rig.Random = double.Parse(line.Subject, System.Globalization.CultureInfo.InvariantCulture)),
        "tick" => Say(() => _rig.Tick(ScenarioLine.Duration(line.Subject))),
        "clock" => Say(() => _rig.StepWallClock(ScenarioLine.Duration(line.Subject))),
        "reload" => Say(() => Reload(line)),
        "outage" => Say(() => Outage(line)),
        "batch" => Say(() => _rig.IsInBatch = true),
        "end" => Say(_rig.EndBatch),
        "manual" => Say(() => _rig.AdvancesByItself = false),
        "automatic" => Say(() => _rig.AdvancesByItself = true),
        "advance" => Say(_rig.Advance),
        "start" => Say(() => StartLease(line)),
        "lose-graph" => Say(() => _rig.Shelf.LoseGraph(line.Subject)),
        "expect" => Expect(line),
        "used" => Used(line),
        "events" => NewEvents(line),
        "answers" => NewAnswers(),
        "due" => NextDue(),
        "work" => _rig.Engine.HasWork ? "yes" : "no",
        "place" => Why(line).Position is { } place ? Text(place) : "none",
        "starts" => Why(line).ExpectedStartUnixMs is { } start ? $"{start - _rig.Now.UnixMs}ms" : "none",
        "fits" => string.Join(' ', Why(line).Agents.Select(fit => $"{fit.AgentId}={(fit.IsEligible ? "yes" : "no")}")),
        "keys" => Text(_rig.Shelf.Count(RecordKind.Key)),
        _ => OutcomeText.Of(Apply(line), line.Words[0]),
    };

    private static string Say(Action action)
    {
        action();
        return "done";
    }

    private Outcome Apply(ScenarioLine line)
    {
        var command = Command(line);
        if (line.Get("key") is { } key) command = command with { Key = new IdempotencyKey(key, Hash(line.Get("body") ?? line.Words[0])) };
        if (line.Words.Contains("brief")) command = command with { IsBrief = true };
        var outcome = _rig.Apply(command);
        if (line.Get("as") is { } name && outcome is Outcome.Parked) _waiting[name] = command;
        Remember(outcome);
        foreach (var (_, answer) in _rig.Answers.Skip(_answersSeen)) Remember(answer);
        return outcome;
    }

    private void Remember(Outcome outcome)
    {
        foreach (var grant in outcome is Outcome.Claimed claimed ? claimed.Grants : [])
        {
            if (!_grants.TryGetValue(grant.Task.Id, out var tokens)) _grants.Add(grant.Task.Id, tokens = []);
            if (!tokens.Contains(grant.Task.Lease!.Token)) tokens.Add(grant.Task.Lease.Token);
        }
    }
}
