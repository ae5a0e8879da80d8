using CsCheck;
using TaskPlatform.Worker.Fixing;

namespace TaskPlatform.Tests.Worker;

public sealed class UnifiedDiffTests
{
    private static readonly Gen<string> Texts = Gen.OneOf("a\n", "b\n", "c\r\n", "\n", "\tx", "é\n", "\r", "no end", "-- d\n", "+e\n", "\\ f\n").List[0, 40].Select(string.Concat);

    [Fact]
    public async Task Create_AnyTwoTexts_IsADiffThatGitAppliesExactly()
    {
        using var folder = new ReviewedFolder();
        var pairs = new List<(string Before, string After)>();
        Gen.Select(Texts, Texts).Sample(pair => { lock (pairs) pairs.Add(pair); }, iter: 200);
        // An empty file on one side is a file that comes or goes, which no fix makes.
        pairs.RemoveAll(p => p.Before.Length == 0 || p.After.Length == 0);

        for (var i = 0; i < pairs.Count; i++) folder.Write($"dir {i}/file.cs", pairs[i].Before);
        await folder.ApplyAsync(string.Concat(pairs.Select((p, i) => UnifiedDiff.Create($"dir {i}/file.cs", p.Before, p.After))));

        Assert.True(pairs.Count > 100);
        Assert.All(pairs, (pair, i) => Assert.Equal(pair.After, File.ReadAllText(folder.PathOf($"dir {i}/file.cs"))));
    }

    [Fact]
    public async Task Create_StrangeNames_AreUnderstoodByGit()
    {
        using var folder = new ReviewedFolder();
        string[] names = ["with space.cs", "quote\".cs", "back\\slash.cs", "ümlaut.cs", "tab\t.cs"];
        foreach (var name in names) folder.Write(name, "old\n");

        await folder.ApplyAsync(string.Concat(names.Select(n => UnifiedDiff.Create(n, "old\n", "new\n"))));

        Assert.All(names, n => Assert.Equal("new\n", File.ReadAllText(folder.PathOf(n))));
    }

    [Fact]
    public void Create_ChangesFarApart_AreHunksOfTheirOwn()
    {
        var before = string.Concat(Enumerable.Range(1, 20).Select(i => $"{i}\n"));
        var after = before.Replace("2\n3\n", "2\nthree\n", StringComparison.Ordinal).Replace("17\n", "", StringComparison.Ordinal);

        Assert.Equal(
            """
            --- a/n.cs
            +++ b/n.cs
            @@ -1,6 +1,6 @@
             1
             2
            -3
            +three
             4
             5
             6
            @@ -14,7 +14,6 @@
             14
             15
             16
            -17
             18
             19
             20

            """.ReplaceLineEndings("\n"),
            UnifiedDiff.Create("n.cs", before, after));
    }

    [Fact]
    public void Create_EqualTexts_IsEmpty() => Assert.Equal("", UnifiedDiff.Create("n.cs", "same\n", "same\n"));
}
