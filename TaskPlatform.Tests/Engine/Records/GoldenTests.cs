using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Records;

/// <summary>
/// Records as earlier versions wrote them: every later version must read them, whatever it writes itself. A new version of the format gets
/// a folder of its own; the files of an old one are never changed.
/// </summary>
public sealed class GoldenTests
{
    private const string NewestVersion = "v4";

    internal static string Folder { get; } = Path.Combine(Repository.Root, "TaskPlatform.Tests", "Engine", "Records", "Golden");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.hex", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => Path.GetRelativePath(Folder, file))];

    public static TheoryData<string> Samples => [.. RecordSamples.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_RecordOfAnyVersion_HasItsContent(string file)
    {
        var (key, content, record) = Parse(Path.Combine(Folder, file));
        var kind = RecordSamples.Named(Path.GetFileNameWithoutExtension(file));

        var read = kind.Read(key, record);

        AssertHolds(content, RecordSamples.Describe(read is TaskItem task && file.StartsWith("v1", StringComparison.Ordinal) ? AsVersion1(task) : read), file);
    }

    /// <summary>A task under the names that its fields had in version 1.</summary>
    private static object AsVersion1(TaskItem task)
    {
        var history = task.History ?? new TaskHistory();
        return new
        {
            task.Id, task.Type, task.Order, task.CreatedUnixMs, task.Fingerprint, task.GraphId, task.DependsOn, task.DeadlineUnixMs, task.Priority,
            task.Labels, task.NotBeforeUnixMs, task.State, task.AttemptsUsed, history.Requeues, history.Losses, task.Lease, task.AssignedAgent,
            task.StartedUnixMs, task.FinishedUnixMs, history.BackoffMs, history.BackoffEndsUnixMs, task.Error, task.ResultBytes, task.Progress,
            task.Message, task.Checkpoint, task.Confidence, UsedTokens = history.Used.Tokens, UsedCost = history.Used.Cost,
            GrantUsage = history.Reported ?? default, task.CancelRequested, history.CancelReason, task.CancelledBy, task.Attempts, task.Settled,
        };
    }

    [Fact]
    public void Read_TaskOfVersion1ThatNothingHappenedTo_HasNoHistory() => Assert.Null(ReadVersion1("state-least").History);

    [Fact]
    public void Read_LeaseOfVersion1_WasGrantedWhenItsAttemptBegan()
    {
        var task = ReadVersion1("state-full");

        Assert.Equal(1_700_000_001_000, task.Lease!.GrantedUnixMs);
        Assert.Equal(3, task.Attempt);
        Assert.Equal(new Usage(56, 0.125), task.History!.Reported);
    }

    private static TaskItem ReadVersion1(string name)
    {
        var (key, _, record) = Parse(Path.Combine(Folder, "v1", $"{name}.hex"));
        return TaskRecords.ReadState(key, record);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Write_Sample_IsTheNewestVersionsFile(string name)
    {
        var sample = RecordSamples.Named(name);

        var (key, _, record) = Parse(Path.Combine(Folder, NewestVersion, $"{name}.hex"));

        Assert.Equal(sample.Key, key);
        Assert.Equal(Convert.ToHexString(record), Convert.ToHexString(sample.Write().Span));
    }

    /// <summary>Properties that came later are not in the file; those that are in it must still be right.</summary>
    private static void AssertHolds(JsonElement expected, JsonElement actual, string path)
    {
        if (expected.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in expected.EnumerateObject()) AssertHolds(property.Value, actual.GetProperty(property.Name), $"{path}.{property.Name}");
        }
        else if (expected.ValueKind == JsonValueKind.Array)
        {
            Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
            foreach (var (left, right) in expected.EnumerateArray().Zip(actual.EnumerateArray())) AssertHolds(left, right, $"{path}[]");
        }
        else Assert.True(JsonElement.DeepEquals(expected, actual), $"{path}: {expected} in the file, {actual} read.");
    }

    /// <summary>A line with the key, lines of JSON with the content, and the bytes; <c>#</c> begins a remark.</summary>
    internal static (string Key, JsonElement Content, byte[] Record) Parse(string file)
    {
        var parts = string.Join('\n', File.ReadLines(file).Where(line => !line.StartsWith('#'))).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, parts.Length);
        return (parts[0].Trim(), JsonDocument.Parse(parts[1]).RootElement, Convert.FromHexString(string.Concat(parts[2].Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))));
    }
}
