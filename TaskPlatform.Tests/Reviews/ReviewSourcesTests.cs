using TaskPlatform.Api.Reviews;

namespace TaskPlatform.Tests.Reviews;

public sealed class ReviewSourcesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("taskplatform-sources-").FullName;

    [Fact]
    public void Find_AFolder_ListsWhatPeopleWrote()
    {
        foreach (var file in (string[])["a/One.cs", "a/b/Two.cs", "a/bin/Out.cs", "a/obj/Out.cs", "a/artifacts/Out.cs", "a/.git/Out.cs", "a/Form.Designer.cs", "a/Made.g.cs", "a/read.me"])
            Write(file);

        var sources = ReviewSources.Find(Settings(), "a");

        Assert.Equal(("a", "a"), (sources.Path, sources.Name));
        Assert.Equal(["One.cs", "b/Two.cs"], sources.Files);
        Assert.Equal(sources.Files, ReviewSources.Find(Settings(), Path.Combine(_root, "a")).Files);
    }

    [Theory]
    [InlineData("Skipped.cs", "a/Skipped.cs", false)]
    [InlineData("old/", "a/old/Skipped.cs", false)]
    [InlineData("old/", "a/old.cs", true)]
    [InlineData("/a/old", "a/old/Skipped.cs", false)]
    [InlineData("/old", "a/old/Kept.cs", true)]
    [InlineData("*.gen.cs", "a/x.gen.cs", false)]
    [InlineData("a/**/deep", "a/b/c/deep/Skipped.cs", false)]
    [InlineData("a/*/deep", "a/b/c/deep/Kept.cs", true)]
    [InlineData("[Oo]ld?.cs", "a/old1.cs", false)]
    [InlineData("*.cs\n!Kept.cs", "a/Kept.cs", true)]
    [InlineData("# Kept.cs", "a/Kept.cs", true)]
    public void Find_IgnoredFiles_AreLeftOutAsGitLeavesThemOut(string rules, string file, bool isListed)
    {
        File.WriteAllText(Path.Combine(_root, ".gitignore"), rules);
        Write(file);
        Write("always/There.cs");
        File.WriteAllText(Path.Combine(_root, "always", ".gitignore"), "!There.cs");

        Assert.Equal(isListed, ReviewSources.Find(Settings(), ".").Files.Contains(file));
    }

    [Fact]
    public void Find_OneFile_ReviewsItInItsFolder()
    {
        Write("a/One.cs");
        Write("a/Two.cs");

        var sources = ReviewSources.Find(Settings(), "a/One.cs");

        Assert.Equal("a", sources.Path);
        Assert.Equal(["One.cs"], sources.Files);
    }

    [Theory]
    [InlineData("..", "outside the root")]
    [InlineData("/etc", "outside the root")]
    [InlineData("link", "outside the root")]
    [InlineData("gone", "does not exist")]
    [InlineData("empty", "no C# files")]
    [InlineData("full", "more than 2 C# files")]
    public void Find_APathThatCannotBeReviewed_SaysWhy(string path, string why)
    {
        Directory.CreateDirectory(Path.Combine(_root, "empty"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), Path.GetTempPath());
        foreach (var file in (string[])["full/1.cs", "full/2.cs", "full/3.cs"]) Write(file);

        var refused = Assert.Throws<ReviewRefusedException>(() => ReviewSources.Find(Settings() with { MaxFiles = 2 }, path));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_WithoutARoot_SaysWhatToSet() =>
        Assert.Contains("Reviews:Root", Assert.Throws<ReviewRefusedException>(() => ReviewSources.Find(new ReviewSettings(), ".")).Message, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private ReviewSettings Settings() => new() { Root = _root };

    private void Write(string file)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "class C;");
    }
}
