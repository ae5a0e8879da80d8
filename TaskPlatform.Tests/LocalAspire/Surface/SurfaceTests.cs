using Aspire.Hosting;

namespace TaskPlatform.Tests.LocalAspire.Surface;

/// <summary>What the stand-in has, it has exactly as Aspire: each public type and member stands in one of the lists of Aspire's own.</summary>
public sealed class SurfaceTests
{
    [Fact]
    public void Compare_OfTheStandInWithAspire_FindsNothingThatAspireHasNot()
    {
        var known = Read("aspire-13.5.2.txt").Concat(Read("aspire-13.5.2-further.txt")).ToHashSet();

        var invented = PublicSurface.Of(typeof(DistributedApplication).Assembly)
            .SelectMany(type => type.Members.Select(member => $"{type.Type} | {member}").Prepend(type.Type)).Where(line => !known.Contains(line));

        Assert.Equal("", string.Join('\n', invented));
    }

    /// <summary>Lines with their type before them. A type's line may name its base and its assembly, which are not compared.</summary>
    private static IEnumerable<string> Read(string name)
    {
        var type = "";
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "LocalAspire", "Surface", name)))
        {
            if (line.StartsWith("  ", StringComparison.Ordinal)) yield return $"{type} | {line.Trim()}";
            else if (line.Contains('·', StringComparison.Ordinal)) yield return type = line.Split(" : ")[0].Split(" [")[0].Trim();
        }
    }
}
