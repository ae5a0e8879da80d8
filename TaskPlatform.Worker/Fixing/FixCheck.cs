using Microsoft.CodeAnalysis;

namespace TaskPlatform.Worker.Fixing;

/// <summary>Whether a changed document may stand in the place of the one before.</summary>
internal static class FixCheck
{
    /// <summary>It shows other files the same, and the compiler has no more to say about it than before.</summary>
    public static async Task<bool> IsRightAsync(Document before, Document after, CancellationToken cancellationToken)
    {
        var (oldRoot, newRoot) = ((await before.GetSyntaxRootAsync(cancellationToken))!, (await after.GetSyntaxRootAsync(cancellationToken))!);
        return Surface.Of(oldRoot) == Surface.Of(newRoot)
            && DocumentDiagnostics.IsNoWorse(
                await DocumentDiagnostics.CompilerWarningsAsync(before, cancellationToken),
                await DocumentDiagnostics.CompilerWarningsAsync(after, cancellationToken));
    }

    /// <summary>The analyzers that the project itself builds with warn no more than before, so that warnings as errors do not break it.</summary>
    public static async Task<bool> IsWelcomeAsync(Document before, Document after, CancellationToken cancellationToken)
    {
        var own = await OwnAnalyzers.OfAsync(before, cancellationToken);
        return DocumentDiagnostics.IsNoWorse(
            DocumentDiagnostics.CountWarnings(await DocumentDiagnostics.OfAnalyzersAsync(before, own, cancellationToken)),
            DocumentDiagnostics.CountWarnings(await DocumentDiagnostics.OfAnalyzersAsync(after, own, cancellationToken)));
    }
}
