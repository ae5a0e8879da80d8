using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TaskPlatform.Worker.Fixing;

/// <summary>
/// What other files can see of one: every token outside bodies and outside private members. Two versions of a file with the same surface
/// can be exchanged without any other file noticing, so changes of many files, each checked alone, are also right together.
/// </summary>
internal static class Surface
{
    /// <summary>The surface as text, for comparing.</summary>
    public static string Of(SyntaxNode root)
    {
        var text = new StringBuilder();
        foreach (var token in root.DescendantTokens(node => !IsInside(node)))
            text.Append(token.Text).Append(' ');
        return text.ToString();
    }

    private static bool IsInside(SyntaxNode node) => node switch
    {
        BlockSyntax or ArrowExpressionClauseSyntax or GlobalStatementSyntax => true,
        EqualsValueClauseSyntax value => IsInitializer(value),
        ConstructorInitializerSyntax => true,
        MemberDeclarationSyntax member => IsPrivate(member),
        _ => false,
    };

    // The value of a field or property is the file's own affair, unless it is a constant, which others copy.
    private static bool IsInitializer(EqualsValueClauseSyntax value) => value.Parent switch
    {
        PropertyDeclarationSyntax => true,
        VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax field } => !field.Modifiers.Any(SyntaxKind.ConstKeyword),
        _ => false,
    };

    // The private members of a partial type are seen by its other files and by generators.
    private static bool IsPrivate(MemberDeclarationSyntax member) =>
        member is FieldDeclarationSyntax or MethodDeclarationSyntax or PropertyDeclarationSyntax
        && member.Parent is TypeDeclarationSyntax and not InterfaceDeclarationSyntax
        && !member.Ancestors().OfType<TypeDeclarationSyntax>().Any(t => t.Modifiers.Any(SyntaxKind.PartialKeyword))
        && !member.Modifiers.Any(IsAccess)
        && member is not MethodDeclarationSyntax { ExplicitInterfaceSpecifier: not null }
        && member is not PropertyDeclarationSyntax { ExplicitInterfaceSpecifier: not null };

    private static bool IsAccess(SyntaxToken modifier) =>
        modifier.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword or SyntaxKind.ProtectedKeyword;
}
