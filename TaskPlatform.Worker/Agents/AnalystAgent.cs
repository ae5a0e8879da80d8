using TaskPlatform.Client;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker.Analysis;

namespace TaskPlatform.Worker.Agents;

/// <summary>Analyses files: what the compiler and the analyzers say of each, and what it measures.</summary>
internal sealed class AnalystAgent(FileAnalyzer analyzer) : ITaskHandler<FileToReview, FileAnalysis>
{
    /// <inheritdoc/>
    public async Task<FileAnalysis> HandleAsync(FileToReview input, TaskContext context, CancellationToken cancellationToken)
    {
        await context.ReportProgressAsync(0, $"analysing {input.File}", cancellationToken);
        return await analyzer.AnalyzeAsync(input, cancellationToken);
    }
}
