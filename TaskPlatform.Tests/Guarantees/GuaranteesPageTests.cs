using System.Text.RegularExpressions;

namespace TaskPlatform.Tests.Guarantees;

/// <summary>The page of promises names tests that are there.</summary>
public sealed partial class GuaranteesPageTests
{
    [Fact]
    public void Page_EachTestThatItNames_IsThere()
    {
        var tests = typeof(GuaranteesPageTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}").Append(type.Name)).ToHashSet();
        var named = Names.Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "guarantees.md"))).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.True(named.Count > 30, $"Only {named.Count} tests are named.");
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    /// <summary>A class of tests, or one of its tests, in back quotes.</summary>
    [GeneratedRegex(@"`([A-Z]\w*Tests(?:\.\w+)?)`")]
    private static partial Regex Names { get; }
}
