namespace TaskPlatform.Tests.Engine;

/// <summary>The rules as tables: Scenarios/README.md says how to read and write them.</summary>
public sealed class ScenarioTests
{
    private const string Heading = "== ";

    private static string Folder { get; } = Path.Combine(Repository.Root, "TaskPlatform.Tests", "Engine", "Scenarios");

    /// <summary>The file and the heading of each scenario.</summary>
    public static TheoryData<string, string> Scenarios()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in Directory.GetFiles(Folder, "*.txt").Order(StringComparer.Ordinal))
        {
            foreach (var line in File.ReadLines(file).Where(line => line.StartsWith(Heading, StringComparison.Ordinal)))
                data.Add(Path.GetFileNameWithoutExtension(file), line[Heading.Length..].Trim());
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Scenario_EachLine_ComesToWhatItSays(string file, string name)
    {
        var lines = File.ReadLines(Path.Combine(Folder, $"{file}.txt")).Select((text, index) => (Number: index + 1, Text: text.Trim()));

        var scenario = lines
            .SkipWhile(line => line.Text != Heading + name)
            .Skip(1)
            .TakeWhile(line => !line.Text.StartsWith(Heading, StringComparison.Ordinal))
            .Where(line => line.Text.Length > 0 && !line.Text.StartsWith('#'))
            .ToList();

        Assert.NotEmpty(scenario);
        Scenario.Play(scenario);
    }
}
