using System.Text;

namespace TaskPlatform.Tests.Worker;

public sealed class FileFixerTests
{
    [Fact]
    public async Task Fix_CodeWithKnownFaults_MakesADiffThatAppliesBuildsAndRemovesThem()
    {
        using var shop = new ReviewedFolder("Shop.csproj", "Orders.cs", "Prices.cs");

        var fixes = await shop.FixAsync("Orders.cs");
        await shop.ApplyAsync(fixes.Diff);

        Assert.Equal(
            [("CA1510", 1), ("CA1822", 1), ("CA1829", 2), ("RCS1033", 1), ("RCS1058", 1), ("RCS1097", 1), ("RCS1169", 1)],
            fixes.Fixed.Select(f => (f.Key, f.Value)));
        Assert.Equal("", await shop.BuildAsync());
        // What others may rely on, and what changes behaviour, is left to people.
        Assert.Equal(["CA1822", "RCS1163", "RCS1246"], (await shop.AnalyzeAsync("Orders.cs")).Counts.Keys);
        Assert.Equal("", (await shop.FixAsync("Orders.cs")).Diff);
    }

    [Fact]
    public async Task Fix_TheSameFileTwice_MakesTheSameDiff()
    {
        using var one = new ReviewedFolder("Shop.csproj", "Orders.cs");
        using var other = new ReviewedFolder("Shop.csproj", "Orders.cs");

        Assert.Equal((await one.FixAsync("Orders.cs")).Diff, (await other.FixAsync("Orders.cs")).Diff);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    public async Task Fix_FileOfAnotherShape_KeepsEveryOtherByte(bool carriageReturns, bool mark, bool noEnd)
    {
        using var shop = new ReviewedFolder("Shop.csproj");
        var ending = carriageReturns ? "\r\n" : "\n";
        shop.Write("Trim.cs", Shape("line.ToString().Trim()"), mark);

        var fixes = await shop.FixAsync("Trim.cs");
        await shop.ApplyAsync(fixes.Diff);

        Assert.Equal((byte[])[.. mark ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(Shape("line.Trim()"))], shop.Bytes("Trim.cs"));

        string Shape(string expression)
        {
            var text = $"namespace Shop;\n\npublic static class Trimming\n{{\n    public static string Trim(string line) => {expression};\n}}\n";
            return (noEnd ? text.TrimEnd('\n') : text).ReplaceLineEndings(ending);
        }
    }

    [Fact]
    public async Task Fix_NothingFixable_IsAnEmptyDiff()
    {
        using var shop = new ReviewedFolder("Shop.csproj", "Prices.cs");

        var fixes = await shop.FixAsync("Prices.cs");

        Assert.Equal(("", 0), (fixes.Diff, fixes.Fixed.Count));
    }

    [Fact]
    public async Task Fix_CodeThatDoesNotCompile_IsLeftAlone()
    {
        using var shop = new ReviewedFolder("Shop.csproj");
        shop.Write("Trim.cs", "namespace Shop;\npublic static class Trimming { public static string Trim(string line) => line.ToString() + missing; }\n");

        var fixes = await shop.FixAsync("Trim.cs");

        Assert.Equal("", fixes.Diff);
        Assert.Contains("does not compile", fixes.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_ThatTheProjectsOwnAnalyzersDislike_IsNotTaken()
    {
        using var shop = new ReviewedFolder();
        shop.Write("Shop.csproj", ReviewedFolder.Code("Shop.csproj").Replace(
            "<Nullable>", "<EnforceCodeStyleInBuild>true</EnforceCodeStyleInBuild><Nullable>", StringComparison.Ordinal));
        shop.Write(".editorconfig",
            "root = true\n[*.cs]\ndotnet_style_parentheses_in_arithmetic_binary_operators = never_if_unnecessary\ndotnet_diagnostic.IDE0047.severity = warning\n");
        shop.Write("Sum.cs", "namespace Shop;\n\npublic static class Sums\n{\n    public static int Of(int a, int b, string c) => a * b + c.ToString().Length;\n}\n");

        var fixes = await shop.FixAsync("Sum.cs");

        // Parentheses would be added by one rule and be a warning by another; the needless call goes all the same.
        Assert.Equal([("RCS1097", 1)], fixes.Fixed.Select(f => (f.Key, f.Value)));
        Assert.Contains("+    public static int Of(int a, int b, string c) => a * b + c.Length;", fixes.Diff, StringComparison.Ordinal);
    }
}
