using System.Text.RegularExpressions;

namespace TaskPlatform.Tests.Engine;

/// <summary>docs/state-machine.md says what the engine does, no more and no less.</summary>
public sealed partial class StateMachineTests
{
    private const int Walks = 1_000;
    private const int Steps = 40;

    [Fact]
    public void Diagram_ComparedWithRandomWalks_HasExactlyTheirTransitions()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < Walks; seed++) new RandomWalk(seed, seen).Run(Steps);

        var drawn = ReadDiagram();
        Assert.Empty(seen.Except(drawn));
        Assert.Empty(drawn.Except(seen));
    }

    private static SortedSet<string> ReadDiagram()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "state-machine.md"));
        return new(Arrow.Matches(text).Select(match => $"{match.Groups["from"].Value} --> {match.Groups["to"].Value}"), StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^ +(?<from>\S+) --> (?<to>\S+)", RegexOptions.Multiline)]
    private static partial Regex Arrow { get; }
}
