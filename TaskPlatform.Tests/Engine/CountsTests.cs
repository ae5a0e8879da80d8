using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>Runs with nothing beside it, since memory is measured of the whole process.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>What a claim may touch and allocate, and a task take up: docs/performance.md, held to here by counting.</summary>
[Collection<AloneCollection>]
public sealed class CountsTests
{
    private const int MostTouched = 40;
    private const int MostBytes = 600;

    [Theory]
    [InlineData(nameof(BacklogKind.OneLane), 100_000)]
    [InlineData(nameof(BacklogKind.Lanes), 20_000)]
    [InlineData(nameof(BacklogKind.FairnessKeys), 20_000)]
    [InlineData(nameof(BacklogKind.ConcurrencyKeys), 20_000)]
    [InlineData(nameof(BacklogKind.Saturated), 1_000_000)]
    public void Claim_LargeBacklog_TouchesFewHeadsAndRecords(string kind, int tasks)
        => Assert.InRange(EngineCounts.MostTouched(Backlogs.Of(Enum.Parse<BacklogKind>(kind), tasks), claims: 300), 1, MostTouched);

    [Fact]
    public void Claim_EmptyQueue_AllocatesNothing() => Assert.Equal(0, EngineCounts.AllocatedByEmptyClaims(new EngineBed(), claims: 1_000));

    [Fact]
    public void Claim_AllThereIsHeldBack_LooksAtNothingAndAllocatesNothing()
    {
        var bed = Backlogs.Of(BacklogKind.ConcurrencyKeys, 20_000);
        for (var claim = EngineBed.Claim(max: 1_000); ((Outcome.Claimed)bed.Apply(claim)).Grants.Length > 0;)
        {
        }
        var before = bed.Engine.HeadsLookedAt;

        Assert.Equal(0, EngineCounts.AllocatedByEmptyClaims(bed, claims: 1_000));
        Assert.Equal(before, bed.Engine.HeadsLookedAt);
    }

    [Fact]
    public void PendingTask_BeyondItsPayload_TakesFewBytes()
        => Assert.InRange(EngineCounts.BytesPerPendingTask(200_000), 1, MostBytes);
}
