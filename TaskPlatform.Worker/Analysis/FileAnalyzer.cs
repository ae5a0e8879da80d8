using Microsoft.CodeAnalysis;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker.Projects;
using TaskPlatform.Worker.Sources;

namespace TaskPlatform.Worker.Analysis;

/// <summary>Analyses one file within its project.</summary>
internal sealed class FileAnalyzer(ReviewRoot root, ReviewedProjects projects, AnalyzerSet analyzers)
{
    /// <summary>Analyses a file. One that cannot be read is an answer, not an error.</summary>
    public async Task<FileAnalysis> AnalyzeAsync(FileToReview file, CancellationToken cancellationToken)
    {
        try
        {
            var source = await SourceFile.ReadAsync(root, file, cancellationToken);
            if (GeneratedCode.Is(source)) return Refused(file, "generated code; its generator would have to be changed");
            var opened = await projects.OpenAsync(root.Resolve(file.Path), source.FullPath, cancellationToken);
            return await AnalyzeAsync(file, opened, cancellationToken);
        }
        catch (Exception e) when (e is UnreadableSourceException or FileNotFoundException)
        {
            return Refused(file, e.Message);
        }
    }

    private async Task<FileAnalysis> AnalyzeAsync(FileToReview file, ReviewedDocument opened, CancellationToken cancellationToken)
    {
        var all = await opened.Project.GetFindingsAsync(analyzers, cancellationToken);
        var diagnostics = all.In(opened.Document.FilePath!);
        var (trusted, doubt) = Trust.Sift(diagnostics, opened.Project.IncompleteBecause);
        return FindingLimit.Apply(new FileAnalysis
        {
            File = file.File,
            Project = opened.Project.File is { } project ? Path.GetRelativePath(root.Resolve(file.Path), project).Replace('\\', '/') : null,
            Note = doubt,
            Metrics = await Metrics.MeasureAsync(opened.Document, cancellationToken),
            Findings = trusted,
            Counts = trusted.GroupBy(f => f.Id).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()),
        });
    }

    private static FileAnalysis Refused(FileToReview file, string why) => new() { File = file.File, Analyzed = false, Note = why };
}
