using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.MSBuild;

namespace TaskPlatform.Worker.Projects;

/// <summary>
/// Projects loaded the way the build sees them: its sources, packages, language version, warnings, generators. Loaded projects stay, so
/// that one which several others reference is read once.
/// </summary>
internal sealed class MsBuildProjects : IDisposable
{
    private readonly MSBuildWorkspace _workspace;
    private readonly ConcurrentQueue<string> _failures = [];

    public MsBuildProjects()
    {
        _workspace = MSBuildWorkspace.Create();
        _workspace.SkipUnrecognizedProjects = true;
        _workspace.RegisterWorkspaceFailedHandler(e =>
        {
            if (e.Diagnostic.Kind == WorkspaceDiagnosticKind.Failure) _failures.Enqueue(e.Diagnostic.Message);
        });
    }

    /// <summary>Loads a project and what it references.</summary>
    /// <returns>The project, and what went wrong with it or its references.</returns>
    public async Task<(Project Project, IReadOnlyList<string> Failures)> OpenAsync(string file, CancellationToken cancellationToken)
    {
        _failures.Clear();
        var known = _workspace.CurrentSolution.Projects.FirstOrDefault(p => p.FilePath == file);
        var project = known ?? await _workspace.OpenProjectAsync(file, cancellationToken: cancellationToken);
        return (project, [.. _failures]);
    }

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();
}
