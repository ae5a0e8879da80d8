using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker;
using TaskPlatform.Worker.Analysis;
using TaskPlatform.Worker.Fixing;
using TaskPlatform.Worker.Projects;

namespace TaskPlatform.Tests.Worker;

/// <summary>A folder of code in a temporary place, with the analyst's and the coder's tools at work on it.</summary>
internal sealed class ReviewedFolder : IDisposable
{
    private static readonly Lazy<AnalyzerSet> Analyzers = new(AnalyzerSet.Load);

    private readonly ReviewedProjects _projects;
    private readonly FileAnalyzer _analyzer;
    private readonly FileFixer _fixer;

    /// <param name="files">Files of <c>Worker/Code</c> to begin with.</param>
    public ReviewedFolder(params ReadOnlySpan<string> files)
    {
        Root = new ReviewRoot(Directory.CreateTempSubdirectory("taskplatform-review-").FullName);
        _projects = new ReviewedProjects(Root, new ReviewOptions(), NullLogger<ReviewedProjects>.Instance);
        _analyzer = new FileAnalyzer(Root, _projects, Analyzers.Value);
        _fixer = new FileFixer(Root, _projects, Analyzers.Value);
        foreach (var file in files) Write(file, Code(file));
    }

    public ReviewRoot Root { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A file of <c>Worker/Code</c>, with line feeds.</summary>
    public static string Code(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Worker", "Code", name + ".txt")).ReplaceLineEndings("\n");

    public string PathOf(string file) => Path.Combine(Root.Folder, file);

    public void Write(string file, string text, bool withMark = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text, new UTF8Encoding(withMark));
    }

    public byte[] Bytes(string file) => File.ReadAllBytes(PathOf(file));

    public Task<FileAnalysis> AnalyzeAsync(string file, string path = ".") => _analyzer.AnalyzeAsync(new FileToReview { Path = path, File = file }, Token);

    public async Task<FileFixes> FixAsync(string file) =>
        await _fixer.FixAsync(new FileToReview { Path = ".", File = file }, await AnalyzeAsync(file), Token);

    /// <summary>Applies a diff with git, as a reader of the report would.</summary>
    public async Task ApplyAsync(string diff)
    {
        var result = await (diff | Cli.Wrap("git").WithArguments(["apply", "-p1", "-"]).WithWorkingDirectory(Root.Folder)
            .WithValidation(CommandResultValidation.None)).ExecuteBufferedAsync(Token);
        Assert.True(result.IsSuccess, result.StandardError + diff);
    }

    /// <summary>Builds the folder's project with the SDK.</summary>
    public async Task<string> BuildAsync()
    {
        var result = await Cli.Wrap("dotnet").WithArguments(["build", "--nologo", "-v", "quiet", "-nodeReuse:false"]).WithWorkingDirectory(Root.Folder)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Token);
        return result.IsSuccess ? "" : result.StandardOutput;
    }

    public void Dispose()
    {
        _projects.Dispose();
        Directory.Delete(Root.Folder, recursive: true);
    }
}
