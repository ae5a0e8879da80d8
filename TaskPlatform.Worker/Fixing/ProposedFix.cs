using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace TaskPlatform.Worker.Fixing;

/// <summary>What a code fix would change in the document of its diagnostic.</summary>
/// <param name="Diagnostic">What it removes.</param>
/// <param name="Changes">The changes, in the order of their places.</param>
internal sealed record ProposedFix(Diagnostic Diagnostic, ImmutableArray<TextChange> Changes)
{
    /// <summary>Asks a code fix for its first proposal; none when it has none, or when it would touch anything but this document.</summary>
    public static async Task<ProposedFix?> AskAsync(CodeFixProvider provider, Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var first = default(CodeAction);
        var context = new CodeFixContext(document, diagnostic, (action, _) => first ??= action, cancellationToken);
        try
        {
            await provider.RegisterCodeFixesAsync(context);
            return first is null || !first.NestedActions.IsEmpty ? null : await PreviewAsync(first, document, diagnostic, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fix that throws (they are other people's code) proposes nothing.
            return null;
        }
    }

    private static async Task<ProposedFix?> PreviewAsync(CodeAction action, Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var operations = await action.GetOperationsAsync(cancellationToken);
        if (operations is not [ApplyChangesOperation { ChangedSolution: var changed }]) return null;
        if (!TouchesOnly(document, changed)) return null;
        var changes = await changed.GetDocument(document.Id)!.GetTextChangesAsync(document, cancellationToken);
        return new ProposedFix(diagnostic, [.. changes.OrderBy(c => c.Span.Start)]);
    }

    private static bool TouchesOnly(Document document, Solution changed)
    {
        var all = changed.GetChanges(document.Project.Solution);
        if (all.GetAddedProjects().Any() || all.GetRemovedProjects().Any()) return false;
        return all.GetProjectChanges().All(p => p.ProjectId == document.Project.Id
            && p.GetChangedDocuments().All(d => d == document.Id)
            && !p.GetAddedDocuments().Any() && !p.GetRemovedDocuments().Any()
            && !p.GetAddedMetadataReferences().Any() && !p.GetRemovedMetadataReferences().Any()
            && !p.GetChangedAdditionalDocuments().Any() && !p.GetChangedAnalyzerConfigDocuments().Any());
    }
}
