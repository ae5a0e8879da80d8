using Microsoft.CodeAnalysis;
using TaskPlatform.Worker.Analysis;

namespace TaskPlatform.Worker.Projects;

/// <summary>A project as the compiler sees it, with what was found in it.</summary>
internal sealed class LoadedProject(Project project, string? file, string? incompleteBecause, Func<FileStamps> takeStamps)
{
    private readonly SemaphoreSlim _analysing = new(1);
    private readonly FileStamps _stamps = takeStamps();
    private ProjectFindings? _findings;

    /// <summary>The project with its sources, references and settings.</summary>
    public Project Project => project;

    /// <summary>The project file; unset for loose files that belong to none.</summary>
    public string? File => file;

    /// <summary>Why references may be missing, so that names which do not resolve are no findings; unset when all is there.</summary>
    public string? IncompleteBecause => incompleteBecause;

    /// <summary>Whether a source or a build file was changed, added or removed since the project was loaded.</summary>
    public bool IsStale() => !_stamps.Equals(takeStamps());

    /// <summary>The document of a file; none when the project does not compile it.</summary>
    public Document? Find(string fullPath) =>
        project.Documents.FirstOrDefault(d => string.Equals(d.FilePath, fullPath, StringComparison.Ordinal));

    /// <summary>Everything found in the project: the first caller analyses it, the rest wait and share.</summary>
    public async Task<ProjectFindings> GetFindingsAsync(AnalyzerSet analyzers, CancellationToken cancellationToken)
    {
        await _analysing.WaitAsync(cancellationToken);
        try
        {
            return _findings ??= await ProjectFindings.CollectAsync(project, analyzers, cancellationToken);
        }
        finally
        {
            _analysing.Release();
        }
    }
}
