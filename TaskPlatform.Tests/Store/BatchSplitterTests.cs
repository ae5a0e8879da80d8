using CsCheck;
using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

public sealed class BatchSplitterTests
{
    private static readonly Gen<ChangeSet> AnyChanges =
        Gen.Select(Gen.Int[0, 400].Array[0, 40], Gen.Int[0, 400].Array[0, 20], Gen.Int[-1, 300]).Select((tasks, state, settings) =>
        {
            var changes = new ChangeSet();
            for (var i = 0; i < tasks.Length; i++)
            {
                if (tasks[i] == 0) changes.DeleteTask($"t{i}");
                else changes.PutTask($"t{i}", new byte[tasks[i]]);
            }

            for (var i = 0; i < state.Length; i++) changes.PutState($"s{i}", new byte[state[i]]);
            if (settings >= 0 || changes.IsEmpty) changes.PutSettings(new byte[Math.Max(0, settings)]);
            return changes;
        });

    [Fact]
    public void Split_AnyChanges_KeepsOrderAndLimitAndPutsStateLast() => AnyChanges.Sample(changes =>
    {
        const int limit = 1_000;
        var parts = BatchSplitter.Split(changes, 7, limit);

        Assert.Equal(Enumerable.Range(7, parts.Count).Select(number => (long)number), parts.Select(part => part.Sequence));
        Assert.Equal(changes.Tasks, parts.SelectMany(part => part.Tasks));
        Assert.Equal(changes.State, parts.SelectMany(part => part.State));
        Assert.All(parts, part => Assert.InRange(part.Bytes, 0, limit));
        Assert.All(parts.SkipLast(1), part => Assert.Null(part.Settings));
        Assert.Equal(changes.Settings, parts[^1].Settings);
        if (changes.State.Sum(change => change.Bytes) + (changes.Settings?.Length ?? 0) <= limit)
            Assert.All(parts.SkipLast(1), part => Assert.Empty(part.State));
    });

    [Fact]
    public void Split_ManySmallChanges_LimitsTheirNumber()
    {
        var changes = new ChangeSet();
        for (var i = 0; i < 40_000; i++) changes.DeleteTask($"{i}");

        var parts = BatchSplitter.Split(changes, 1, int.MaxValue);

        Assert.Equal([16_384, 16_384, 7_232], parts.Select(part => part.Changes));
    }

    [Fact]
    public void Put_TheSameFieldAgain_KeepsTheLastValueBehindWhatCameBetween()
    {
        var changes = new ChangeSet();
        changes.PutTask("a", new byte[100]);
        changes.PutTask("b", new byte[1]);
        changes.DeleteTask("a");

        Assert.Equal(2, changes.Count);
        Assert.Equal([("b", false), ("a", true)], changes.Tasks.Select(change => (change.Field, change.IsDelete)));
        // What was replaced is held as long as the set is.
        Assert.Equal(changes.Tasks.Sum(change => change.Bytes) + 125, changes.Bytes);
        changes.PutTask("b", new byte[2]);
        Assert.Equal([("a", 0), ("b", 2)], changes.Tasks.Select(change => (change.Field, change.Value.Length)));
    }

    [Fact]
    public void Put_AfterHandingOver_Throws()
    {
        var changes = new ChangeSet();
        changes.PutTask("a", new byte[1]);
        changes.Seal();

        Assert.Throws<InvalidOperationException>(() => changes.PutTask("b", new byte[1]));
        Assert.Throws<InvalidOperationException>(changes.Seal);
    }
}
