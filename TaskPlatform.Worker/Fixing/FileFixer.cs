using Microsoft.CodeAnalysis;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker.Analysis;
using TaskPlatform.Worker.Projects;
using TaskPlatform.Worker.Sources;

namespace TaskPlatform.Worker.Fixing;

/// <summary>Makes the diff of one file from the fixes of its findings.</summary>
internal sealed class FileFixer(ReviewRoot root, ReviewedProjects projects, AnalyzerSet analyzers)
{
    /// <summary>Fixes what was found and can be fixed for certain. A file where that is nothing is an answer, not an error.</summary>
    public async Task<FileFixes> FixAsync(FileToReview file, FileAnalysis analysis, CancellationToken cancellationToken)
    {
        var rules = analysis.Counts.Keys.Where(FixPolicy.Rules.Contains).ToHashSet(StringComparer.Ordinal);
        if (rules.Count == 0) return new FileFixes { File = file.File };
        try
        {
            var source = await SourceFile.ReadAsync(root, file, cancellationToken);
            var opened = await projects.OpenAsync(root.Resolve(file.Path), source.FullPath, cancellationToken);
            return await FixAsync(file, source, opened.Document, rules, cancellationToken);
        }
        catch (Exception e) when (e is UnreadableSourceException or FileNotFoundException)
        {
            return Nothing(file, e.Message);
        }
    }

    private async Task<FileFixes> FixAsync(FileToReview file, SourceFile source, Document document, HashSet<string> rules, CancellationToken cancellationToken)
    {
        if ((await document.GetTextAsync(cancellationToken)).ToString() != source.Text) return Nothing(file, "The file changed during the review.");
        if (await HasErrorsAsync(document, cancellationToken)) return Nothing(file, "The file does not compile here, so no fix of it can be checked.");

        var fixer = new DocumentFixer(analyzers, rules);
        var after = await fixer.FixAsync(document, cancellationToken);
        if (after == document) return Nothing(file, why: null);
        if (!await FixCheck.IsWelcomeAsync(document, after, cancellationToken))
            (fixer, after) = await WithWelcomeRulesAsync(document, rules, cancellationToken);

        var diff = UnifiedDiff.Create(file.File, source.TextWithMark, await TextAsync(source, after, cancellationToken));
        var fixes = new FileFixes { File = file.File, Diff = diff, Fixed = await CountFixedAsync(fixer, document, after, cancellationToken) };
        return ResultSize.Of(fixes) <= ResultSize.Max ? fixes : Nothing(file, $"The diff has {diff.Length:N0} characters, which is too large for a result.");
    }

    // Something that was fixed displeases the project's own analyzers: each rule is tried alone, and the welcome ones stay.
    private async Task<(DocumentFixer, Document)> WithWelcomeRulesAsync(Document document, HashSet<string> rules, CancellationToken cancellationToken)
    {
        var welcome = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in rules.Order(StringComparer.Ordinal))
        {
            var alone = await new DocumentFixer(analyzers, new HashSet<string>([rule])).FixAsync(document, cancellationToken);
            if (await FixCheck.IsWelcomeAsync(document, alone, cancellationToken)) welcome.Add(rule);
        }

        var fixer = new DocumentFixer(analyzers, welcome);
        var after = await fixer.FixAsync(document, cancellationToken);
        return (fixer, await FixCheck.IsWelcomeAsync(document, after, cancellationToken) ? after : document);
    }

    private static async Task<bool> HasErrorsAsync(Document document, CancellationToken cancellationToken) =>
        (await document.GetSemanticModelAsync(cancellationToken))!.GetDiagnostics(cancellationToken: cancellationToken)
            .Any(d => d.Severity == DiagnosticSeverity.Error);

    private static async Task<string> TextAsync(SourceFile source, Document document, CancellationToken cancellationToken) =>
        (source with { Text = (await document.GetTextAsync(cancellationToken)).ToString() }).TextWithMark;

    private static async Task<Dictionary<string, int>> CountFixedAsync(DocumentFixer fixer, Document before, Document after, CancellationToken cancellationToken)
    {
        var left = (await fixer.DiagnoseAsync(after, cancellationToken)).CountBy(d => d.Id).ToDictionary();
        return (await fixer.DiagnoseAsync(before, cancellationToken)).CountBy(d => d.Id)
            .Select(rule => KeyValuePair.Create(rule.Key, rule.Value - left.GetValueOrDefault(rule.Key)))
            .Where(rule => rule.Value > 0)
            .OrderBy(rule => rule.Key, StringComparer.Ordinal)
            .ToDictionary();
    }

    private static FileFixes Nothing(FileToReview file, string? why) => new() { File = file.File, Note = why };
}
