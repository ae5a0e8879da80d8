using TaskPlatform.Client;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker.Fixing;

namespace TaskPlatform.Worker.Agents;

/// <summary>Fixes what the analyst found in a file, where a fix is certain.</summary>
internal sealed class CoderAgent(FileFixer fixer) : ITaskHandler<FileToReview, FileFixes>
{
    /// <inheritdoc/>
    public async Task<FileFixes> HandleAsync(FileToReview input, TaskContext context, CancellationToken cancellationToken)
    {
        await context.ReportProgressAsync(0, $"fixing {input.File}", cancellationToken);
        return await fixer.FixAsync(input, await AnalysisAsync(context, cancellationToken), cancellationToken);
    }

    private static async Task<FileAnalysis> AnalysisAsync(TaskContext context, CancellationToken cancellationToken)
    {
        if (context.Inputs.Keys.ToList() is not [var analysis])
            throw new TaskFailedException("invalid-inputs", "A coding task depends on one analysis, and on nothing else.", retryable: false);
        return await context.GetInputAsync<FileAnalysis>(analysis, cancellationToken)
            ?? throw new TaskFailedException("invalid-inputs", $"The result of '{analysis}' is empty.", retryable: false);
    }
}
