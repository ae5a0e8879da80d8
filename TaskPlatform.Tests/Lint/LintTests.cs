using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Lint;

/// <summary>What no compiler checks: the engine stays pure, files and methods stay short.</summary>
public sealed class LintTests
{
    private const int LongestFile = 400;
    private const int LongestMethod = 70;

    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", ".data", ".tools", ".git"];

    /// <summary>What was longer when the limit came: may shrink, and is taken out once it fits. Nothing new may enter.</summary>
    private static readonly Dictionary<string, int> Allowed = [];

    private static IEnumerable<string> Sources { get; } =
        [.. Directory.EnumerateFiles(Repository.Root, "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Root, file)).Where(IsOurs)];

    private static bool IsOurs(string file) => !file.Split(Path.DirectorySeparatorChar).Any(folder => NotOurs.Contains(folder));

    [Fact]
    public void Engine_References_AreOfTheBaseLibraryOnly()
    {
        var references = typeof(TaskEngine).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!);

        Assert.All(references, reference => Assert.StartsWith("System.", reference, StringComparison.Ordinal));
    }

    [Fact]
    public void Files_OfTheRepository_AreShort()
    {
        Assert.NotEmpty(Sources);

        var files = Sources.Select(file => (Name: file, Lines: File.ReadLines(Path.Combine(Repository.Root, file)).Count()));

        Assert.DoesNotContain(files, file => file.Lines > Allowed.GetValueOrDefault(file.Name, LongestFile));
    }

    [Fact]
    public void Methods_OfTheRepository_AreShort()
    {
        var methods = Sources.SelectMany(Methods);

        Assert.DoesNotContain(methods, method => method.Lines > Allowed.GetValueOrDefault(method.Name, LongestMethod));
    }

    private static IEnumerable<(string Name, int Lines)> Methods(string file)
    {
        var root = CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Repository.Root, file))).GetRoot();
        foreach (var node in root.DescendantNodes())
        {
            if (node is not (BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax)) continue;
            var span = node.GetLocation().GetLineSpan().Span;
            yield return ($"{file}: {NameOf(node)}", span.End.Line - span.Start.Line + 1);
        }
    }

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
        _ => node.Kind().ToString(),
    };
}
