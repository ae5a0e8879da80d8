using System.Globalization;
using System.Text;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Client.Wire;
using TaskPlatform.Worker.Debates;

namespace TaskPlatform.Worker.Report;

/// <summary>What the reviewers said of the findings that they debated.</summary>
internal static class DebateSection
{
    /// <summary>The section, in Markdown; empty when nothing was debated.</summary>
    public static string Write(IReadOnlyList<DebatedFinding> debates)
    {
        if (debates.Count == 0) return "";
        var text = new StringBuilder("## Debated findings\n\n");
        text.Append("Of these the reviewers thought differently at first, each by its own rules: the analyst by what the rule is about, the coder by what can be done, the reasoner by where it stands. ");
        text.Append("*Disputed* is what they did not agree on in the end.\n\n");
        foreach (var debate in debates) Append(text, debate);
        return text.ToString();
    }

    private static void Append(StringBuilder text, DebatedFinding debated)
    {
        var (disputed, debate) = debated;
        text.Append(CultureInfo.InvariantCulture, $"### {disputed.Finding.Id} in `{disputed.File}:{disputed.Finding.Line}` · {Verdict(debate)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{MarkdownReport.Plain(disputed.Finding.Message)}\n\n");
        text.Append("| Round | Reviewer | Vote | Sure | Because |\n| ---: | --- | --- | ---: | --- |\n");
        foreach (var turn in debate.Transcript ?? []) text.Append(Row(turn)).Append('\n');
        text.Append('\n');
    }

    /// <summary>The verdict in a few words, with the votes: <c>kept, 3 of 3</c>.</summary>
    public static string Verdict(DebateInfo debate)
    {
        var votes = debate.Votes ?? [];
        var word = debate.Verdict == DisputedFinding.Keep ? "kept" : "dropped";
        var count = $"{votes.Where(vote => vote.Answer == debate.Verdict).Sum(vote => vote.Seats.Count)} of {votes.Sum(vote => vote.Seats.Count)}";
        return debate.DecidedBy == "agreement" ? $"{word}, {count}" : $"disputed ({word}, {count})";
    }

    private static string Row(DebateTurnInfo turn) => turn.Answer is null
        ? $"| {turn.Round} | {turn.AgentId} | – | | {Cell(turn.Error ?? "no answer")} |"
        : string.Create(CultureInfo.InvariantCulture, $"| {turn.Round} | {turn.AgentId} | {turn.Answer} | {turn.Confidence:P0} | {Cell(turn.Argument ?? "")} |");

    private static string Cell(string text) => MarkdownReport.Plain(text).Replace("|", "\\|", StringComparison.Ordinal);
}
