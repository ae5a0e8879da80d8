using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Tests.Worker;

public sealed class FileAnalyzerTests
{
    [Fact]
    public async Task Analyze_CodeWithKnownFaults_FindsEachAndNoOther()
    {
        using var shop = new ReviewedFolder("Shop.csproj", "Orders.cs");

        var analysis = await shop.AnalyzeAsync("Orders.cs");

        Assert.Equal("Shop.csproj", analysis.Project);
        Assert.Null(analysis.Note);
        Assert.Equal(
            [
                "RCS1169 7:5", "CA1510 11:9", "RCS1033 16:20", "CA1829 16:31", "RCS1077 16:38", "CA1822 26:16", "RCS1163 26:36", "CA1829 29:29",
                "RCS1077 29:36", "RCS1058 31:13", "RCS1246 37:37", "CA1822 39:20", "RCS1097 41:20",
            ],
            analysis.Findings.Select(f => $"{f.Id} {f.Line}:{f.Column}"));
        Assert.All(analysis.Findings, f => Assert.Equal(FindingSeverity.Info, f.Severity));
        Assert.Equal(2, analysis.Counts["CA1822"]);
        var first = analysis.Findings[0];
        Assert.Equal("Make field read-only", first.Message);
        Assert.Equal("Roslynator", first.Category);
        Assert.StartsWith("https://", first.HelpLink, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyze_CleanCode_FindsNothing()
    {
        using var shop = new ReviewedFolder("Shop.csproj", "Prices.cs");

        Assert.Empty((await shop.AnalyzeAsync("Prices.cs")).Findings);
    }

    [Fact]
    public async Task Analyze_MeasuredCode_GivesTheFiguresCountedByHand()
    {
        using var shop = new ReviewedFolder("Shop.csproj", "Routing.cs");

        var metrics = (await shop.AnalyzeAsync("Routing.cs")).Metrics!;

        Assert.Equal((29, 22), (metrics.Lines, metrics.CodeLines));
        Assert.Equal((1, 4), (metrics.Types, metrics.Members)); // Far, Carrier, Names, Days
        // Carrier: itself, two ifs, the loop, "&&" and "?:"; Names: itself.
        Assert.Equal((7, 6, 3), (metrics.Complexity, metrics.MaxComplexity, metrics.MaxNesting));
        var carrier = metrics.Methods[0];
        Assert.Equal(("Routing.Carrier(int, bool, bool)", 8, 17), (carrier.Name, carrier.Line, carrier.Lines));
        Assert.InRange(carrier.Maintainability, 50, 80);
        Assert.Equal(["Carrier", "Names"], metrics.Methods.Select(m => m.Name.Split('.', '(')[1]));
    }

    [Fact]
    public async Task Analyze_CodeThatDoesNotCompile_ReportsTheError()
    {
        using var shop = new ReviewedFolder("Shop.csproj", "Prices.cs", "Broken.cs");

        var error = Assert.Single((await shop.AnalyzeAsync("Broken.cs")).Findings, f => f.Severity == FindingSeverity.Error);

        Assert.Equal(("CS0103", 5), (error.Id, error.Line));
        Assert.Empty((await shop.AnalyzeAsync("Prices.cs")).Findings);
    }

    [Fact]
    public async Task Analyze_FileChangedSince_SeesTheChange()
    {
        using var shop = new ReviewedFolder("Shop.csproj", "Prices.cs");
        await shop.AnalyzeAsync("Prices.cs");

        shop.Write("Prices.cs", ReviewedFolder.Code("Prices.cs").Replace("decimal first,", "decimal frist,", StringComparison.Ordinal));

        Assert.Contains((await shop.AnalyzeAsync("Prices.cs")).Findings, f => f.Id == "CS0103");
    }

    [Fact]
    public async Task Analyze_ProjectThatSetsSeverities_FollowsThem()
    {
        using var shop = new ReviewedFolder("Shop.csproj", "Orders.cs");
        shop.Write(".editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.CA1829.severity = error\ndotnet_diagnostic.RCS1169.severity = none\n");

        var findings = (await shop.AnalyzeAsync("Orders.cs")).Findings;

        Assert.All(findings.Where(f => f.Id == "CA1829"), f => Assert.Equal(FindingSeverity.Error, f.Severity));
        Assert.DoesNotContain(findings, f => f.Id == "RCS1169");
    }

    [Fact]
    public async Task Analyze_FileWithoutProject_IsCompiledWithItsNeighbours()
    {
        using var loose = new ReviewedFolder("Orders.cs", "Prices.cs");

        var analysis = await loose.AnalyzeAsync("Orders.cs");

        Assert.Null(analysis.Project);
        Assert.Contains("belongs to no project", analysis.Note, StringComparison.Ordinal);
        Assert.Contains(analysis.Findings, f => f.Id == "CA1829");
        Assert.DoesNotContain(analysis.Findings, f => f.Severity == FindingSeverity.Error);
    }

    [Fact]
    public async Task Analyze_ProgramOfOneFile_MayBeginWithItsDirectives()
    {
        using var loose = new ReviewedFolder();
        loose.Write("tool.cs", "#!/usr/bin/env dotnet\n#:package Some.Package@1.0.0\nConsole.WriteLine(args.Length);\n");

        Assert.Empty((await loose.AnalyzeAsync("tool.cs")).Findings);
    }

    [Fact]
    public async Task Analyze_NamesThatNobodyCanResolve_AreNoFindings()
    {
        using var loose = new ReviewedFolder();
        loose.Write("Uses.cs", "using Some.Package;\nclass Uses { void Go(int count) => Thing.Go() }\n");

        var analysis = await loose.AnalyzeAsync("Uses.cs");

        Assert.Equal(["CS1002"], analysis.Findings.Select(f => f.Id)); // the missing semicolon, which is certain
        Assert.Contains("could not be resolved", analysis.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.cs")]
    [InlineData("/etc/passwd")]
    [InlineData("link/secret.cs")]
    public async Task Analyze_PathOutOfTheFolder_IsRefused(string file)
    {
        using var shop = new ReviewedFolder();
        var outside = Directory.CreateTempSubdirectory("taskplatform-outside-");
        try
        {
            File.WriteAllText(Path.Combine(outside.FullName, "secret.cs"), "class Secret;");
            Directory.CreateSymbolicLink(shop.PathOf("link"), outside.FullName);

            var analysis = await shop.AnalyzeAsync(file);

            Assert.False(analysis.Analyzed);
            Assert.Contains("outside", analysis.Note, StringComparison.Ordinal);
        }
        finally
        {
            outside.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Analyze_FilesThatCannotBeRead_SaysWhy()
    {
        using var folder = new ReviewedFolder();
        folder.Write("Large.cs", new string('/', 1024 * 1024 + 1));
        folder.Write("Made.cs", "// <auto-generated/>\nclass Made;\n");
        File.WriteAllBytes(folder.PathOf("Latin.cs"), [(byte)'/', (byte)'/', 0xE9]);

        Assert.Contains("1,048,577 bytes", (await folder.AnalyzeAsync("Large.cs")).Note, StringComparison.Ordinal);
        Assert.Contains("generated", (await folder.AnalyzeAsync("Made.cs")).Note, StringComparison.Ordinal);
        Assert.Contains("not UTF-8", (await folder.AnalyzeAsync("Latin.cs")).Note, StringComparison.Ordinal);
        Assert.Contains("no longer there", (await folder.AnalyzeAsync("Gone.cs")).Note, StringComparison.Ordinal);
    }
}
