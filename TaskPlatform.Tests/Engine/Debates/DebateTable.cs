using System.Globalization;
using System.Text.RegularExpressions;
using TaskPlatform.Engine;
using TaskPlatform.Engine.Debates;

namespace TaskPlatform.Tests.Engine.Debates;

/// <summary>
/// Debates as tests write them. A turn is <c>r1.s2=no</c>, of whoever stands in <c>r1.s2.t2=no</c>, with its confidence <c>=no@0.9</c> and its tokens
/// <c>=no#100</c>; <c>!</c> is one that failed, <c>?</c> one that is open. The judge's is <c>judge=no</c>.
/// </summary>
internal static partial class DebateTable
{
    public const long Now = 1_700_000_000_000;

    public static Turn Turn(string text)
    {
        var match = Form().Match(text);
        Assert.True(match.Success, $"'{text}' is no turn.");
        var state = match.Groups["state"].Value switch { "!" => TurnState.Failed, "?" => TurnState.Open, _ => TurnState.Answered };
        var (round, seat) = match.Groups["round"].Success ? (Number("round"), Number("seat")) : (0, 0);
        var attempt = match.Groups["try"].Success ? Number("try") : 1;
        return new Turn(round, seat, attempt, state)
        {
            AgentId = match.Groups["agent"].Success ? match.Groups["agent"].Value : $"{(attempt == 1 ? "a" : "b")}{seat}",
            Answer = match.Groups["answer"].Value.Replace('_', ' '),
            Confidence = match.Groups["sure"].Success ? double.Parse(match.Groups["sure"].ValueSpan, CultureInfo.InvariantCulture) : null,
            Used = new Usage(match.Groups["tokens"].Success ? Number("tokens") : 0, 0),
            Error = state == TurnState.Failed ? "it broke" : null,
        };

        int Number(string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    public static List<Turn> Turns(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Turn)];

    public static string Next(DebateRules rules, string turns, params PresentAgent[] present) => Text(Debate.Next(rules, Turns(turns), present, Now));

    public static string Text(DebateStep step) => step switch
    {
        DebateStep.Ask ask => $"ask {string.Join(' ', ask.Turns.Select(Text))}",
        DebateStep.Wait => "wait",
        DebateStep.End { Verdict: var verdict } => $"end {verdict.Answer} by {verdict.DecidedBy} after {verdict.EndedBy}{(verdict.IsTie ? ", a tie" : "")}",
        DebateStep.Fail => "fail",
        _ => step.ToString()!,
    };

    public static PresentAgent Agent(string id, int free = 1, params string[] can) => new(id, can.Length == 0 ? null : [.. can], free);

    private static string Text(NextTurn turn)
    {
        var name = turn.Seat == 0 ? "judge" : $"r{turn.Round}.s{turn.Seat}";
        return $"{name}{(turn.Try == 1 ? "" : $".t{turn.Try}")}{(turn.AgentId is { } agent ? $":{agent}" : "")}";
    }

    [GeneratedRegex(@"\A(judge|r(?<round>\d+)\.s(?<seat>\d+))(\.t(?<try>\d))?(:(?<agent>\w+))?((?<state>[!?])|=(?<answer>[^@#]+)(@(?<sure>[\d.]+))?)(#(?<tokens>\d+))?\z")]
    private static partial Regex Form();
}
