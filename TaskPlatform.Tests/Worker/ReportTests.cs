using System.Text;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker;
using TaskPlatform.Worker.Report;

namespace TaskPlatform.Tests.Worker;

public sealed class ReportTests
{
    private static readonly ReviewedFiles Shop = new("shop",
    [
        File("Orders.cs", complexity: 14, nesting: 5,
            [Found("CA1829", FindingSeverity.Info, 16, "Use the \"Count\" property"), Found("CA1829", FindingSeverity.Info, 29, "Use the \"Length\" property"),
             Found("CA2200", FindingSeverity.Warning, 33, "Re-throwing caught exception changes stack information")],
            new FileFixes { File = "Orders.cs", Diff = "--- a/Orders.cs\n", Fixed = new Dictionary<string, int> { ["CA1829"] = 2 } }),
        File("Broken.cs", complexity: 1, nesting: 0, [Found("CS0103", FindingSeverity.Error, 5, "The name 'vlaue' does not exist in List<int>")],
            new FileFixes { File = "Broken.cs", Note = "The file does not compile here, so no fix of it can be checked." }),
        File("Prices.cs", complexity: 2, nesting: 0, [], new FileFixes { File = "Prices.cs" }),
        new("Made.cs", new FileAnalysis { File = "Made.cs", Analyzed = false, Note = "generated code" }, new FileFixes { File = "Made.cs" }),
        new("Lost.cs", Analysis: null, Fixes: null),
    ]);

    [Fact]
    public void Write_AReview_IsTheGoldenReport() => Assert.Equal(
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Worker", "Golden", "report.md")).ReplaceLineEndings("\n"),
        MarkdownReport.Write(Shop, RuleSummary.Write(Shop), ""));

    [Fact]
    public void Rank_Rules_PutsSeverityBeforeCountAndRiskyFilesFirst()
    {
        var ranked = RankedRule.Rank(Shop);

        Assert.Equal(["CS0103", "CA2200", "CA1829"], ranked.Select(r => r.Id));
        Assert.Equal(20, Shop.Files[1].Risk);
        Assert.Equal(5 + 1 + 1 + (14 - 10) + (5 - 3), Shop.Files[0].Risk);
    }

    [Fact]
    public void Write_AVeryLargeReview_StaysWithinItsLimitAndCountsWhatIsLeftOut()
    {
        var files = Enumerable.Range(0, 3000).Select(i => File($"src/{i:0000}.cs", 12, 4,
            [.. Enumerable.Range(0, 10).Select(j => Found($"R{i % 40:00}{j}", FindingSeverity.Info, j + 1, new string('<', 200)))], fixes: null));

        var report = MarkdownReport.Write(new ReviewedFiles("large", [.. files]), "- much", "");

        Assert.InRange(Encoding.UTF8.GetByteCount(report), 1, MarkdownReport.MaxBytes);
        Assert.InRange(ResultSize.Of(report), 1, ResultSize.Max);
        Assert.Matches(@"… and \d+ more files", report);
        Assert.Matches(@"… and \d+ more places", report);
    }

    [Fact]
    public void Apply_MoreFindingsThanAResultHolds_KeepsTheGravestAndCountsTheRest()
    {
        var all = Enumerable.Range(1, 5000).Select(i => Found("X1", i == 5000 ? FindingSeverity.Error : FindingSeverity.Info, i, new string('"', 40))).ToList();

        var kept = TaskPlatform.Worker.Analysis.FindingLimit.Apply(new FileAnalysis { File = "a.cs", Findings = all });

        Assert.InRange(ResultSize.Of(kept), 1, ResultSize.Max);
        Assert.Equal(5000, kept.Findings.Count + kept.Omitted);
        Assert.Equal(FindingSeverity.Error, kept.Findings[^1].Severity);
        Assert.Equal(Enumerable.Range(1, kept.Findings.Count - 1), kept.Findings.SkipLast(1).Select(f => f.Line));
    }

    private static ReviewedFile File(string name, int complexity, int nesting, IReadOnlyList<Finding> findings, FileFixes? fixes) => new(name,
        new FileAnalysis
        {
            File = name,
            Findings = findings,
            Metrics = new FileMetrics
            {
                Lines = 40, CodeLines = 30, Types = 1, Members = 2, Complexity = complexity, MaxComplexity = complexity, MaxNesting = nesting, Maintainability = 70,
                Methods = [new MethodMetrics { Name = "A.B(int)", Line = 3, Lines = 20, Complexity = complexity, Nesting = nesting, Maintainability = 70 }],
            },
        },
        fixes);

    private static Finding Found(string id, FindingSeverity severity, int line, string message) => new()
    {
        Id = id, Severity = severity, Message = message, Line = line, Column = 9, Category = "Test", HelpLink = $"https://example.org/{id}",
    };
}
