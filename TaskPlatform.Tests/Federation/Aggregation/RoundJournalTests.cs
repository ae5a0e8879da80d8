using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>The journal in its file, whole, torn and damaged.</summary>
public sealed class RoundJournalTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"round-journal-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void TryJoin_SameOrEarlierRoundAfterReopening_IsRefused()
    {
        using (var journal = FileRoundJournal.Open(_path))
        {
            Assert.Null(journal.LastRound);
            Assert.True(journal.TryJoin(5));
            Assert.False(journal.TryJoin(5));
        }
        using var reopened = FileRoundJournal.Open(_path);
        Assert.Equal(5UL, reopened.LastRound);
        Assert.False(reopened.TryJoin(4));
        Assert.False(reopened.TryJoin(5));
        Assert.True(reopened.TryJoin(6));
    }

    [Fact]
    public void TryAnswer_TwiceOrAfterReopening_IsRefused()
    {
        using (var journal = FileRoundJournal.Open(_path))
        {
            Assert.False(journal.TryAnswer(0));
            Assert.True(journal.TryJoin(1));
            Assert.False(journal.TryAnswer(2));
            Assert.True(journal.TryAnswer(1));
            Assert.False(journal.TryAnswer(1));
        }
        using var reopened = FileRoundJournal.Open(_path);
        Assert.False(reopened.TryAnswer(1));
    }

    /// <summary>Every write, cut after every byte: the state is that before it or after it, never an older or another one.</summary>
    [Fact]
    public void Open_AfterAWriteCutAtAnyByte_HasTheStateBeforeOrAfter()
    {
        Action<FileRoundJournal>[] writes = [j => j.TryJoin(1), j => j.TryAnswer(1), j => j.TryJoin(2), j => j.TryAnswer(2), j => j.TryJoin(9)];
        byte[] before = [];
        foreach (var write in writes)
        {
            var (old, _) = Write(before, _ => { });
            var (state, after) = Write(before, write);
            for (var cut = 0; cut <= 64; cut++)
            {
                // Slots do not overlap, so taking the first bytes of the new file and the rest of the old one tears exactly the slot that is written.
                byte[] torn = [.. after.Take(cut), .. before.Skip(cut)];
                Assert.Contains(Write(torn, _ => { }).State, (string[])[old, state]);
            }
            before = after;
        }
    }

    [Fact]
    public void Open_BothSlotsDamaged_IsRefused()
    {
        using (var journal = FileRoundJournal.Open(_path))
        {
            journal.TryJoin(1);
            journal.TryAnswer(1);
        }
        var bytes = File.ReadAllBytes(_path);
        bytes[12] ^= 1;
        bytes[44] ^= 1;
        File.WriteAllBytes(_path, bytes);

        Assert.Throws<InvalidDataException>(() => FileRoundJournal.Open(_path));
    }

    [Fact]
    public void Open_WhileAnotherHasIt_IsRefused()
    {
        using var journal = FileRoundJournal.Open(_path);

        Assert.Throws<IOException>(() => FileRoundJournal.Open(_path));
    }

    /// <summary>The mark stands in the file at the moment at which the shares are returned, and a node that comes back joins no old round.</summary>
    [Fact]
    public void Finish_WithAFile_MarksTheRoundBeforeTheSharesAreReturned()
    {
        using var rig = new RoundRig(6);
        using (var journal = FileRoundJournal.Open(_path))
        {
            rig.Seats[0] = rig.Seats[0] with { Journal = journal };
            using var run = rig.Start(rig.Figures(1), round: 7).Finish();
            Assert.NotNull(run.Aggregator.Sum);
            Assert.False(journal.TryAnswer(7));
        }
        using var reopened = FileRoundJournal.Open(_path);
        rig.Seats[0] = rig.Seats[0] with { Journal = reopened };
        using var again = rig.Start(rig.Figures(1), round: 7);
        again.Step();
        Assert.Equal(AbortReason.RoundReplayed, again.NodeAborts[0].Reason);
    }

    private (string State, byte[] Bytes) Write(byte[] file, Action<FileRoundJournal> write)
    {
        File.WriteAllBytes(_path, file);
        using (var journal = FileRoundJournal.Open(_path)) write(journal);
        var bytes = File.ReadAllBytes(_path);
        using var reopened = FileRoundJournal.Open(_path);
        var last = reopened.LastRound;
        return ($"{last}, {(last is { } round && reopened.TryAnswer(round) ? "joined" : "answered")}", bytes);
    }
}
