using TaskPlatform.Client.Reviews;
using TaskPlatform.Client.Wire;
using TaskPlatform.Worker.Fixing;

namespace TaskPlatform.Worker.Debates;

/// <summary>
/// What each reviewer thinks of a finding by its own rules: the analyst goes by what the rule is about, the coder by what can be done about it, the
/// reasoner by where it stands. The same finding and the same arguments always get the same answer.
/// </summary>
internal static class RuleSets
{
    private const int RiskyFile = 10;
    private const int Habit = 10;

    // Categories of the .NET analyzers in which a suggestion is more than taste.
    private static readonly HashSet<string> Substance = new(["Performance", "Reliability", "Security", "Usage"], StringComparer.Ordinal);

    /// <summary>The reviewer's answer to a turn: its own rules first; then it yields where it stands alone and the others are surer.</summary>
    /// <param name="role">The reviewer.</param>
    /// <param name="turn">The turn; its payload is a <see cref="DisputedFinding"/>.</param>
    public static DebateAnswer Answer(string role, DebateTurn turn)
    {
        var own = ByRules(role, turn.Payload!.Value.To<DisputedFinding>(System.Text.Json.JsonSerializerOptions.Web)!);
        var against = turn.Others.Where(other => other.Answer != own.Answer).ToList();
        var isAlone = turn.Others.Count > 1 && against.Count == turn.Others.Count;
        if (!isAlone || against.MaxBy(other => other.Confidence) is not { Confidence: { } confidence } surest || confidence <= own.Confidence) return own;
        return new DebateAnswer { Answer = surest.Answer, Argument = $"Yields: {surest.Argument}", Confidence = own.Confidence };
    }

    /// <summary>The reviewer's answer by its own rules alone.</summary>
    public static DebateAnswer ByRules(string role, DisputedFinding disputed) => role switch
    {
        "analyst" => ByMeaning(disputed),
        "coder" => ByRemedy(disputed),
        _ => ByPlace(disputed),
    };

    private static DebateAnswer ByMeaning(DisputedFinding disputed)
    {
        var (finding, category) = (disputed.Finding, disputed.Finding.Category ?? "no category");
        if (finding.Severity >= FindingSeverity.Warning) return Keep(0.9, "the project itself calls it a warning");
        return Substance.Contains(category) ? Keep(0.6, $"{category} is more than taste") : Drop(0.7, $"a suggestion ({category})");
    }

    private static DebateAnswer ByRemedy(DisputedFinding disputed)
    {
        if (disputed.Fixed >= disputed.Places) return Drop(0.8, "the diffs remove every one");
        if (FixPolicy.Rules.Contains(disputed.Finding.Id)) return Keep(0.7, "a fix that says the same is known");
        return disputed.Finding.Severity >= FindingSeverity.Warning ? Keep(0.6, "nobody but a person can mend it") : Drop(0.6, "no fix of it is certain");
    }

    private static DebateAnswer ByPlace(DisputedFinding disputed)
    {
        if (disputed.Risk >= RiskyFile) return Keep(0.8, $"it stands in a file of risk {disputed.Risk}");
        return disputed.Places >= Habit ? Keep(0.65, $"{disputed.Places} places are a habit") : Drop(0.65, $"{disputed.Places} of it, in files of little risk");
    }

    private static DebateAnswer Keep(double confidence, string argument) => new() { Answer = DisputedFinding.Keep, Argument = argument, Confidence = confidence };

    private static DebateAnswer Drop(double confidence, string argument) => new() { Answer = DisputedFinding.Drop, Argument = argument, Confidence = confidence };
}
