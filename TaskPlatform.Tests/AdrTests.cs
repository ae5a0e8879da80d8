using System.Text.RegularExpressions;

namespace TaskPlatform.Tests;

/// <summary>docs/adr-010.md names tests as its evidence; evidence that is gone must not stay there.</summary>
public sealed partial class AdrTests
{
    [Fact]
    public void Adr_EachTestThatItNames_Exists()
    {
        var named = Name.Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "adr-010.md"))).Select(match => match.Groups[1].Value).ToHashSet();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(Classes()).Except(Methods()).Except(Scenarios()));
    }

    // `SomeTests`, `SomeTests.Method`, or `Verb_Situation_Result`.
    [GeneratedRegex(@"`(\w+Tests(?:\.\w+)?|[A-Z][a-z]\w*_[A-Z]\w+)`")]
    private static partial Regex Name { get; }

    private static IEnumerable<string> Classes() => typeof(AdrTests).Assembly.GetTypes().Select(type => type.Name);

    private static IEnumerable<string> Methods() =>
        typeof(AdrTests).Assembly.GetTypes().SelectMany(type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}"));

    private static IEnumerable<string> Scenarios() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "TaskPlatform.Tests", "Engine", "Scenarios"), "*.txt")
            .SelectMany(File.ReadLines)
            .Where(line => line.StartsWith("== ", StringComparison.Ordinal))
            .Select(line => line[3..].Trim());
}
