using CsCheck;
using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>What one task can change in all that nodes ever release.</summary>
public sealed class ReleaseCapTests
{
    private const int Types = 2;
    private const int Buckets = 3;
    private const int Lanes = Types * (4 + Buckets) + 1;
    private const int Nodes = 3;

    private enum Step
    {
        Release,
        Start,
        Requeue,
        Transfer,
        Succeed,
    }

    private static readonly Gen<Step[]> Lives = Gen.Enum<Step>().Array[0, 60];

    [Fact]
    public void Life_OfOneTask_ChangesReleasesByNoMoreThanSevenSquared() => Lives.Sample(life => Assert.True(SquaredDifference(life) <= PrivacyLoss.LifeSquared));

    [Fact]
    public void Life_ThatIsCountedWhereverItMay_ChangesThemByJustThat()
        => Assert.Equal(PrivacyLoss.LifeSquared, SquaredDifference([Step.Release, Step.Start, Step.Transfer, Step.Release, Step.Release, Step.Succeed, Step.Release]));

    [Fact]
    public void Life_OfWhichANodeForgetsTheCap_ChangesThemByMore()
        => Assert.True(SquaredDifference([Step.Release, Step.Release, Step.Transfer, Step.Release, Step.Release], travels: false) > PrivacyLoss.LifeSquared);

    [Theory]
    [InlineData("21", 2, true)]
    [InlineData("00", 0, false)]
    [InlineData("10", 1, false)]
    [InlineData("31", 0, false)]
    [InlineData("2", 0, false)]
    [InlineData("211", 0, false)]
    [InlineData("-1", 0, false)]
    [InlineData("", 0, false)]
    [InlineData(null, 0, false)]
    public void Parse_WhateverAPeerSends_GivesNoMoreThanANewTaskHas(string? text, int loads, bool completion)
        => Assert.Equal(new ReleaseCap(loads, completion), ReleaseCap.Parse(text));

    [Fact]
    public void Cap_ThatTravels_IsTheSame()
        => Assert.All(from loads in Enumerable.Range(0, 3) from completion in (bool[])[false, true] select new ReleaseCap(loads, completion), cap => Assert.Equal(cap, ReleaseCap.Parse($"{cap}")));

    /// <summary>The nodes hold other tasks too, which are the same in both worlds: what the task adds is the difference.</summary>
    private static int SquaredDifference(Step[] life, bool travels = true)
    {
        var (node, isRunning, isOver, isCompletionDue, cap, squared) = (0, false, false, false, ReleaseCap.New, 0);
        foreach (var step in life)
        {
            if (step == Step.Release)
            {
                var lanes = new int[Nodes, Lanes];
                if (!isOver && ReleaseCap.TryCountLoad(ref cap)) Count(lanes, node, isRunning ? 1 : 0, Lanes - 1);
                if (isCompletionDue && ReleaseCap.TryCountCompletion(ref cap)) Count(lanes, node, 2, 3, 4);
                squared += lanes.Cast<int>().Sum(lane => lane * lane);
            }
            else if (step == Step.Start) isRunning = !isOver;
            else if (step == Step.Requeue) (isOver, isRunning) = (false, false); // by hand, if it had ended
            else if (step == Step.Transfer) (node, cap) = ((node + 1) % Nodes, travels ? ReleaseCap.Parse($"{cap}") : ReleaseCap.New);
            else (isOver, isCompletionDue) = (true, true);
        }
        return squared;
    }

    private static void Count(int[,] lanes, int node, params int[] counted)
    {
        foreach (var lane in counted) lanes[node, lane]++;
    }
}
