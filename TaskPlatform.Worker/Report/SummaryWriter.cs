using Microsoft.Extensions.AI;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Report;

/// <summary>A summary and its author.</summary>
/// <param name="Text">The summary, in Markdown.</param>
/// <param name="WrittenBy">The author's short name.</param>
/// <param name="Remark">What the report says of the author; empty when there is nothing to say.</param>
internal sealed record Summary(string Text, string WrittenBy, string Remark);

/// <summary>Writes the summary, with a language model where there is one. The model sees figures, rules and file names, never code.</summary>
internal sealed class SummaryWriter(LlmOptions options, ILogger<SummaryWriter> logger, IChatClient? model = null)
{
    private const int MaxLength = 4000;
    private const int RulesTold = 30;
    private const int FilesTold = 20;

    private const string Task =
        "You summarize an automated review of C# code for its maintainers. Write at most eight short Markdown list items: what matters most, "
        + "which files to look at first and why, what the diffs already fix. Use only the facts given. No headings, no introduction.";

    /// <summary>Writes the summary. A model that fails or takes too long is replaced by rules, and the remark says so.</summary>
    public async Task<Summary> WriteAsync(ReviewedFiles review, CancellationToken cancellationToken)
    {
        if (model is null) return new Summary(RuleSummary.Write(review), "rules", "");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
        try
        {
            var answer = await model.GetResponseAsync([new(ChatRole.System, Task), new(ChatRole.User, Facts(review))], cancellationToken: limit.Token);
            var text = answer.Text.Trim();
            if (text.Length == 0) throw new InvalidOperationException("The model's answer was empty.");
            return new Summary(text.Length <= MaxLength ? text : text[..MaxLength] + "…", options.Model!, $"Summary written by {options.Model} from the findings below.");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.ModelFailed(logger, e);
            var why = limit.IsCancellationRequested ? $"did not answer within {options.TimeoutSeconds:0.#} s" : "could not be asked";
            return new Summary(RuleSummary.Write(review), "rules", $"The language model {options.Model} {why}; this summary was written by rules.");
        }
    }

    private static string Facts(ReviewedFiles review) => string.Join('\n',
    [
        RuleSummary.Write(review),
        "Rules, worst first:",
        .. RankedRule.Rank(review).Take(RulesTold).Select(r =>
            $"{r.Id} ({r.Severity}, {r.Places.Count} times, {review.Fixed.GetValueOrDefault(r.Id)} fixed), for example in {r.Places[0].File}: {r.Places[0].Finding.Message}"),
        "Files, riskiest first:",
        .. review.Files.Where(f => f.Risk > 0).OrderByDescending(f => f.Risk).Take(FilesTold).Select(Describe),
    ]);

    private static string Describe(ReviewedFile file) =>
        $"{file.File}: risk {file.Risk}, {file.Analysis!.Findings.Count} findings, {file.Analysis.Metrics?.Lines} lines, "
        + $"highest complexity of a method {file.Analysis.Metrics?.MaxComplexity}, deepest nesting {file.Analysis.Metrics?.MaxNesting}";
}
