using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Report;

/// <summary>Makes the report of a review.</summary>
internal sealed class ReportWriter(SummaryWriter summaries)
{
    /// <summary>Writes the report.</summary>
    public async Task<ReviewReport> WriteAsync(ReviewedFiles review, CancellationToken cancellationToken)
    {
        var summary = await summaries.WriteAsync(review, cancellationToken);
        return new ReviewReport
        {
            Markdown = MarkdownReport.Write(review, summary.Text, summary.Remark),
            Summary = string.Join('\n', summary.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(10)),
            Files = review.Analyzed,
            Findings = new Dictionary<string, int>
            {
                ["error"] = review.Count(FindingSeverity.Error),
                ["warning"] = review.Count(FindingSeverity.Warning),
                ["info"] = review.Count(FindingSeverity.Info),
            },
            Fixed = review.Fixed.Values.Sum(),
            WrittenBy = summary.WrittenBy,
        };
    }
}
