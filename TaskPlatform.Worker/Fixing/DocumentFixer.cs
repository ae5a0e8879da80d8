using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using TaskPlatform.Worker.Analysis;

namespace TaskPlatform.Worker.Fixing;

/// <summary>
/// Applies code fixes to one document until nothing more can be fixed. In each round all proposals that do not overlap are taken
/// together; when the result is not right, one by one, and those that are not right are given up.
/// </summary>
internal sealed class DocumentFixer(AnalyzerSet set, IReadOnlySet<string> rules)
{
    private const int MaxRounds = 8;

    private readonly ImmutableArray<DiagnosticAnalyzer> _analyzers = set.For(rules);
    private readonly HashSet<(string, string)> _givenUp = [];

    /// <summary>The document with every fix applied that stands up to the check.</summary>
    public async Task<Document> FixAsync(Document document, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var proposals = await ProposeAsync(document, cancellationToken);
            if (proposals.Count == 0) break;
            document = await TogetherAsync(document, proposals, cancellationToken)
                ?? await OneByOneAsync(document, proposals, cancellationToken);
        }

        return document;
    }

    /// <summary>The fixable diagnostics of a document.</summary>
    public async Task<ImmutableArray<Diagnostic>> DiagnoseAsync(Document document, CancellationToken cancellationToken) =>
        [.. (await DocumentDiagnostics.OfAnalyzersAsync(document, _analyzers, cancellationToken))
            .Where(d => rules.Contains(d.Id) && d.Severity > DiagnosticSeverity.Hidden)];

    private async Task<List<ProposedFix>> ProposeAsync(Document document, CancellationToken cancellationToken)
    {
        var text = await document.GetTextAsync(cancellationToken);
        var proposals = new List<ProposedFix>();
        foreach (var diagnostic in await DiagnoseAsync(document, cancellationToken))
        {
            if (_givenUp.Contains(NameOf(diagnostic, text)) || !set.Fixes.TryGetValue(diagnostic.Id, out var provider)) continue;
            var fix = await ProposedFix.AskAsync(provider, document, diagnostic, cancellationToken);
            if (fix is null || fix.Changes.IsEmpty) _givenUp.Add(NameOf(diagnostic, text));
            else if (!proposals.Exists(p => Overlap(p, fix))) proposals.Add(fix);
        }

        return proposals;
    }

    private static async Task<Document?> TogetherAsync(Document document, List<ProposedFix> proposals, CancellationToken cancellationToken)
    {
        if (proposals.Count == 1) return null;
        var together = await ApplyAsync(document, proposals, cancellationToken);
        return await FixCheck.IsRightAsync(document, together, cancellationToken) ? together : null;
    }

    private async Task<Document> OneByOneAsync(Document document, List<ProposedFix> proposals, CancellationToken cancellationToken)
    {
        var text = await document.GetTextAsync(cancellationToken);
        var (fixedSoFar, taken) = (document, new List<ProposedFix>());
        foreach (var proposal in proposals)
        {
            var candidate = await ApplyAsync(document, [.. taken, proposal], cancellationToken);
            if (await FixCheck.IsRightAsync(document, candidate, cancellationToken))
            {
                taken.Add(proposal);
                fixedSoFar = candidate;
            }
            else
            {
                _givenUp.Add(NameOf(proposal.Diagnostic, text));
            }
        }

        return fixedSoFar;
    }

    private static async Task<Document> ApplyAsync(Document document, List<ProposedFix> proposals, CancellationToken cancellationToken)
    {
        var text = await document.GetTextAsync(cancellationToken);
        var changed = text.WithChanges(proposals.SelectMany(p => p.Changes).OrderBy(c => c.Span.Start));
        var kept = LineEndings.Keep(text.ToString(), changed.ToString());
        return document.WithText(SourceText.From(kept, text.Encoding));
    }

    // Changes that touch count as overlapping: their order would matter.
    private static bool Overlap(ProposedFix one, ProposedFix other) =>
        one.Changes.Any(a => other.Changes.Any(b => a.Span.Start <= b.Span.End && b.Span.Start <= a.Span.End));

    // Places move while a document is fixed; the rule and its line are what stays.
    private static (string, string) NameOf(Diagnostic diagnostic, SourceText text) =>
        (diagnostic.Id, text.Lines.GetLineFromPosition(diagnostic.Location.SourceSpan.Start).ToString().Trim());
}
