using Microsoft.CodeAnalysis;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Projects;

/// <summary>A file within the project that compiles it.</summary>
/// <param name="Document">The file as the compiler sees it.</param>
/// <param name="Project">Its project.</param>
internal sealed record ReviewedDocument(Document Document, LoadedProject Project);

/// <summary>
/// The projects of the files under review. Loading one takes seconds, so it stays until a source or build file of it changes; then
/// everything is loaded afresh, since projects compile against each other.
/// </summary>
internal sealed class ReviewedProjects(ReviewRoot root, ReviewOptions options, ILogger<ReviewedProjects> logger) : IDisposable
{
    private readonly SemaphoreSlim _loading = new(1);
    private readonly Dictionary<string, LoadedProject> _loaded = new(StringComparer.Ordinal);
    private MsBuildProjects? _projects;

    /// <summary>Finds the project that compiles a file, and loads it if need be.</summary>
    /// <param name="folder">The reviewed folder (real path); loose files are compiled together from here.</param>
    /// <param name="file">The file (real path).</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ReviewedDocument> OpenAsync(string folder, string file, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            var note = default(string);
            foreach (var projectFile in ProjectsAbove(file))
            {
                try
                {
                    var project = await GetAsync(projectFile, () => LoadAsync(projectFile, cancellationToken));
                    if (project.Find(file) is { } document) return new ReviewedDocument(document, project);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Log.ProjectNotLoaded(logger, e, projectFile);
                    note ??= $"{Path.GetFileName(projectFile)} could not be loaded ({e.Message.Trim()}); compiled with the framework's assemblies alone";
                }
            }

            return await OpenLooseAsync(folder, file, note);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _projects?.Dispose();
        _loading.Dispose();
    }

    // The nearest project usually compiles the file; one further up may, when the nearest leaves the file out.
    private IEnumerable<string> ProjectsAbove(string file) =>
        SourceFolders.Upward(Path.GetDirectoryName(file)!, root.Folder).SelectMany(BuildFiles.ProjectsIn);

    private async Task<LoadedProject> GetAsync(string key, Func<Task<LoadedProject>> load)
    {
        if (_loaded.TryGetValue(key, out var known))
        {
            if (!known.IsStale()) return known;
            Forget();
        }

        return _loaded[key] = await load();
    }

    private void Forget()
    {
        _loaded.Clear();
        _projects?.Dispose();
        _projects = null;
    }

    private async Task<LoadedProject> LoadAsync(string file, CancellationToken cancellationToken)
    {
        Log.LoadingProject(logger, file);
        var (project, failures) = await (_projects ??= new MsBuildProjects()).OpenAsync(file, cancellationToken);
        var missing = failures.FirstOrDefault();
        if (missing is not null || await HasErrorsAsync(project, cancellationToken))
            (project, missing) = await RestoreAsync(file, cancellationToken);
        return new LoadedProject(project, file, missing, () => FileStamps.Take(BuildFiles.Of(project, root.Folder)));
    }

    // Errors mean either that the code is wrong or that its packages were never fetched; only after a restore it is known which.
    private async Task<(Project, string? Missing)> RestoreAsync(string file, CancellationToken cancellationToken)
    {
        var failure = options.Restore ? await DotnetRestore.RunAsync(file, cancellationToken) : "its packages may be missing (Reviews:Restore is off)";
        Forget();
        var (project, failures) = await (_projects = new MsBuildProjects()).OpenAsync(file, cancellationToken);
        return (project, failure ?? failures.FirstOrDefault());
    }

    private static async Task<bool> HasErrorsAsync(Project project, CancellationToken cancellationToken) =>
        await project.GetCompilationAsync(cancellationToken) is { } compilation
        && compilation.GetDiagnostics(cancellationToken).Any(d => d.Severity == DiagnosticSeverity.Error);

    private async Task<ReviewedDocument> OpenLooseAsync(string reviewed, string file, string? note)
    {
        // A file that a project leaves out has its own reasons; its neighbours are what it most likely belongs to.
        var folder = ProjectsAbove(file).Any() ? Path.GetDirectoryName(file)! : reviewed;
        var project = await GetAsync(folder, () => Task.FromResult(LoadLoose(folder, note)));
        return project.Find(file) is { } document
            ? new ReviewedDocument(document, project)
            : throw new FileNotFoundException("The file is no longer there.", file);
    }

    private LoadedProject LoadLoose(string folder, string? note) =>
        new(LooseFiles.Load(folder, root.Folder), file: null, note ?? LooseFiles.Note,
            () => FileStamps.Take(LooseFiles.In(folder).Concat(BuildFiles.InheritedBy(folder, root.Folder))));
}
