using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Projects;

/// <summary>
/// A compilation for files that no project compiles: the newest language, the framework's assemblies and the usings that the SDK adds to
/// a console program. Nullable annotations are understood but not checked, because nobody asked these files to.
/// </summary>
internal static class LooseFiles
{
    /// <summary>What is said of findings in loose files.</summary>
    public const string Note = "belongs to no project; compiled with the framework's assemblies alone";

    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    // A file may be a program by itself, which begins with directives such as "#:package".
    private static readonly CSharpParseOptions ParseOptions =
        CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest).WithFeatures([new("FileBasedProgram", "true")]);

    /// <summary>The loose files of a folder, those of folders with a project of their own left out.</summary>
    public static IEnumerable<string> In(string folder) =>
        SourceFolders.Files(folder, ".cs").Where(f => !HasProjectBetween(Path.GetDirectoryName(f)!, folder));

    /// <summary>Makes a project of the loose files of a folder.</summary>
    public static Project Load(string folder, string root)
    {
        var workspace = new AdhocWorkspace();
        var id = ProjectId.CreateNewId(folder);
        var files = In(folder).ToList();
        var project = ProjectInfo.Create(id, VersionStamp.Default, "loose files", "LooseFiles", LanguageNames.CSharp,
            compilationOptions: Options(files),
            parseOptions: ParseOptions,
            documents: files.Select(f => DocumentOf(id, f)),
            metadataReferences: Framework.References);
        project = project.WithAnalyzerConfigDocuments(ConfigFiles(folder, root).Select(f => DocumentOf(id, f)));
        return workspace.AddProject(project)
            .AddDocument("ImplicitUsings.g.cs", SourceText.From(ImplicitUsings, Encoding.UTF8)).Project;
    }

    private static bool HasProjectBetween(string folder, string top) =>
        SourceFolders.Upward(folder, top).TakeWhile(f => f != top).Any(f => BuildFiles.ProjectsIn(f).Any());

    private static IEnumerable<string> ConfigFiles(string folder, string root) =>
        BuildFiles.InheritedBy(folder, root).Where(f => Path.GetFileName(f) is ".editorconfig" && File.Exists(f));

    private static DocumentInfo DocumentOf(ProjectId project, string file) =>
        DocumentInfo.Create(DocumentId.CreateNewId(project, file), Path.GetFileName(file),
            loader: new FileTextLoader(file, Encoding.UTF8), filePath: file);

    private static CSharpCompilationOptions Options(IEnumerable<string> files) =>
        new(files.Any(HasTopLevelStatements) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            allowUnsafe: true, nullableContextOptions: NullableContextOptions.Annotations);

    private static bool HasTopLevelStatements(string file) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetCompilationUnitRoot().Members.Any(m => m is GlobalStatementSyntax);
}
