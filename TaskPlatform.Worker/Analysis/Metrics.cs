using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeMetrics;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Analysis;

/// <summary>
/// What a file measures. Cyclomatic complexity and the maintainability index are those of the .NET code metrics; lines, members and
/// nesting are counted on the syntax.
/// </summary>
internal static class Metrics
{
    private const int MethodsKept = 20;

    /// <summary>Measures a document.</summary>
    public static async Task<FileMetrics> MeasureAsync(Document document, CancellationToken cancellationToken)
    {
        var root = (CompilationUnitSyntax)(await document.GetSyntaxRootAsync(cancellationToken))!;
        var model = (await document.GetSemanticModelAsync(cancellationToken))!;
        var context = new CodeMetricsAnalysisContext(model.Compilation, cancellationToken);
        var methods = new List<MethodMetrics>();
        foreach (var node in root.DescendantNodes().Where(IsMethod))
            if (model.GetDeclaredSymbol(node, cancellationToken) is { } symbol)
                methods.Add(Describe(node, symbol, await CodeAnalysisMetricData.ComputeAsync(symbol, context)));

        var text = await document.GetTextAsync(cancellationToken);
        return Summarize(root, text, methods);
    }

    private static FileMetrics Summarize(CompilationUnitSyntax root, SourceText text, List<MethodMetrics> methods) => new()
    {
        Lines = LineCount(text),
        CodeLines = CodeLines(root, text),
        Types = root.DescendantNodes().Count(n => n is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax),
        Members = root.DescendantNodes().Sum(MemberCount),
        Complexity = methods.Sum(m => m.Complexity),
        MaxComplexity = methods.Select(m => m.Complexity).DefaultIfEmpty().Max(),
        MaxNesting = methods.Select(m => m.Nesting).DefaultIfEmpty().Max(),
        Maintainability = methods.Count == 0 ? 100 : (int)Math.Round(methods.Average(m => m.Maintainability), MidpointRounding.AwayFromZero),
        Methods = [.. methods.OrderByDescending(m => m.Complexity).ThenBy(m => m.Maintainability).ThenBy(m => m.Line).Take(MethodsKept)],
    };

    private static MethodMetrics Describe(SyntaxNode node, ISymbol symbol, CodeAnalysisMetricData measured)
    {
        var lines = node.GetLocation().GetLineSpan();
        return new MethodMetrics
        {
            Name = symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
            Line = lines.StartLinePosition.Line + 1,
            Lines = lines.EndLinePosition.Line - lines.StartLinePosition.Line + 1,
            Complexity = measured.CyclomaticComplexity,
            Nesting = Nesting.Of(node),
            Maintainability = measured.MaintainabilityIndex,
        };
    }

    // Whatever has a body of statements or an expression in place of one.
    private static bool IsMethod(SyntaxNode node) => node switch
    {
        BaseMethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        AccessorDeclarationSyntax accessor => accessor.Body is not null || accessor.ExpressionBody is not null,
        PropertyDeclarationSyntax property => property.ExpressionBody is not null,
        IndexerDeclarationSyntax indexer => indexer.ExpressionBody is not null,
        CompilationUnitSyntax unit => unit.Members.Any(m => m is GlobalStatementSyntax),
        _ => false,
    };

    private static int MemberCount(SyntaxNode node) => node switch
    {
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Count,
        BaseMethodDeclarationSyntax or BasePropertyDeclarationSyntax or EnumMemberDeclarationSyntax => 1,
        _ => 0,
    };

    private static int LineCount(SourceText text) => text.Lines[^1].Span.IsEmpty ? text.Lines.Count - 1 : text.Lines.Count;

    private static int CodeLines(CompilationUnitSyntax root, SourceText text)
    {
        var lines = new HashSet<int>();
        foreach (var token in root.DescendantTokens().Where(t => !t.Span.IsEmpty))
        {
            var span = text.Lines.GetLinePositionSpan(token.Span);
            for (var line = span.Start.Line; line <= span.End.Line; line++) lines.Add(line);
        }

        return lines.Count;
    }
}
