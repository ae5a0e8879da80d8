using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TaskPlatform.Worker.Analysis;

/// <summary>How deep statements are nested: each branch, loop, try, lock, using block, switch or lambda inside another counts one.</summary>
internal static class Nesting
{
    /// <summary>The depth of the deepest statement below a node; 0 without nesting.</summary>
    public static int Of(SyntaxNode node) => node.ChildNodes().Select(child => Of(child) + (Nests(child) ? 1 : 0)).DefaultIfEmpty().Max();

    private static bool Nests(SyntaxNode node) => node switch
    {
        // "else if" goes on at the same depth.
        IfStatementSyntax => node.Parent is not ElseClauseSyntax,
        UsingStatementSyntax or FixedStatementSyntax or LockStatementSyntax or TryStatementSyntax => true,
        CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax => true,
        SwitchStatementSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax => true,
        _ => node.IsKind(SyntaxKind.SwitchExpression),
    };
}
