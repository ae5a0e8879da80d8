using TaskPlatform.Client;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker.Debates;
using TaskPlatform.Worker.Report;

namespace TaskPlatform.Worker.Agents;

/// <summary>Ranks what the others found and writes the report.</summary>
internal sealed class ReasonerAgent(ReportWriter writer, FindingDebates debates) : ITaskHandler<ReviewToSummarize, ReviewReport>
{
    // Results of a large review are fetched one by one; a few at a time do not press the service.
    private const int FetchedAtOnce = 8;

    /// <inheritdoc/>
    public async Task<ReviewReport> HandleAsync(ReviewToSummarize input, TaskContext context, CancellationToken cancellationToken)
    {
        await context.ReportProgressAsync(0, "reading the results", cancellationToken);
        var files = await ReadAsync(input, context, cancellationToken);
        var review = new ReviewedFiles(input.Name, files);
        await context.ReportProgressAsync(0.5, "debating findings", cancellationToken);
        review = review with { Debates = await debates.DebateAsync(input.Review, review, cancellationToken) };
        await context.ReportProgressAsync(0.7, "writing the report", cancellationToken);
        return await writer.WriteAsync(review, cancellationToken);
    }

    private static async Task<IReadOnlyList<ReviewedFile>> ReadAsync(ReviewToSummarize input, TaskContext context, CancellationToken cancellationToken)
    {
        var files = new ReviewedFile[input.Files.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = FetchedAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, files.Length, options, async (i, ct) => files[i] = new ReviewedFile(
            input.Files[i],
            await InputAsync<FileAnalysis>(context, ReviewTasks.AnalysisId(input.Review, i), ct),
            await InputAsync<FileFixes>(context, ReviewTasks.CodingId(input.Review, i), ct)));
        return files;
    }

    // A task that failed or was cancelled left no result.
    private static async Task<T?> InputAsync<T>(TaskContext context, string task, CancellationToken cancellationToken) where T : class =>
        context.Inputs.ContainsKey(task) ? await context.GetInputAsync<T>(task, cancellationToken) : null;
}
