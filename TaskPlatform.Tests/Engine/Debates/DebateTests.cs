using TaskPlatform.Engine;
using TaskPlatform.Engine.Debates;
using static TaskPlatform.Tests.Engine.Debates.DebateTable;

namespace TaskPlatform.Tests.Engine.Debates;

/// <summary>The rules of debates, as tables.</summary>
public sealed class DebateTests
{
    private static readonly DebateRules Vote = new() { Capability = "think" };

    private static readonly DebateRules Judged = Vote with { Judge = "wise" };

    [Theory]
    [InlineData("", "ask r1.s1 r1.s2 r1.s3")]
    [InlineData("r1.s1? r1.s2=no r1.s3=no", "wait")]
    [InlineData("r1.s1=yes r1.s2=Yes. r1.s3=_YES_", "end yes by agreement after agreement")]
    [InlineData("r1.s1=yes r1.s2=no r1.s3=no", "ask r2.s1 r2.s2 r2.s3")]
    [InlineData("r1.s1=yes r1.s2=no r1.s3=no r2.s1=no r2.s2=no r2.s3=no", "end no by agreement after agreement")]
    [InlineData("r1.s1=yes r1.s2=no r1.s3=no r2.s1=yes r2.s2=no r2.s3=no", "end no by vote after unchanged")]
    [InlineData("r1.s1=yes r1.s2=no r1.s3=no r2.s1=no r2.s2=yes r2.s3=no", "ask r3.s1 r3.s2 r3.s3")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b r2.s1=b r2.s2=a r2.s3=b r3.s1=a r3.s2=a r3.s3=b", "end a by vote after rounds")]
    public void Next_DebatersWhoAnswer_GoOnUntilTheyAgreeOrStand(string turns, string expected) => Assert.Equal(expected, Next(Vote, turns));

    [Theory]
    [InlineData(2, "r1.s1=a r1.s2=a", true)]
    [InlineData(2, "r1.s1=a r1.s2=b", false)]
    [InlineData(3, "r1.s1=a r1.s2=a r1.s3=b", false)]
    [InlineData(4, "r1.s1=a r1.s2=a r1.s3=a r1.s4=b", true)]
    [InlineData(5, "r1.s1=a r1.s2=a r1.s3=a r1.s4=a r1.s5=b", true)]
    [InlineData(5, "r1.s1=a r1.s2=a r1.s3=a r1.s4=b r1.s5=b", false)]
    [InlineData(6, "r1.s1=a r1.s2=a r1.s3=a r1.s4=a r1.s5=b r1.s6=b", false)]
    [InlineData(7, "r1.s1=a r1.s2=a r1.s3=a r1.s4=a r1.s5=a r1.s6=b r1.s7=c", true)]
    public void Next_Majority_IsBeyondDoubtAboveTwoThirds(int debaters, string turns, bool isAgreement)
        => Assert.Equal(isAgreement, Next(Vote with { Debaters = debaters }, turns) == "end a by agreement after agreement");

    [Theory]
    [InlineData("yes", "Yes.", true)]
    [InlineData("forty  two", " Forty\ttwo ", true)]
    [InlineData("4", "4.0", false)]
    [InlineData("not safe", "notsafe", false)]
    public void Key_OfTwoAnswers_IsOneWhereOnlyTheFormDiffers(string left, string right, bool areOne)
        => Assert.Equal(areOne, Positions.Key(left) == Positions.Key(right));

    [Theory]
    [InlineData("r1.s1=a@0.6 r1.s2=b@0.9", "end b by vote after rounds, a tie")]
    [InlineData("r1.s1=a r1.s2=b@0.4", "end a by vote after rounds, a tie")] // who does not say counts as 0.5
    [InlineData("r1.s1=a r1.s2=b", "end a by vote after rounds, a tie")]
    public void Next_AsManyVotes_GoesToTheSurerThenToTheFirstSeat(string turns, string expected)
        => Assert.Equal(expected, Next(Vote with { Debaters = 2, MaxRounds = 1 }, turns));

    [Theory]
    [InlineData("r1.s1! r1.s2? r1.s3=a", "ask r1.s1.t2")]
    [InlineData("r1.s1! r1.s1.t2? r1.s2? r1.s3=a", "wait")]
    [InlineData("r1.s1! r1.s1.t2=b r1.s2=a r1.s3=a", "ask r2.s1 r2.s2 r2.s3")]
    [InlineData("r1.s1! r1.s1.t2! r1.s2=a r1.s3=b", "ask r2.s2 r2.s3")]
    [InlineData("r1.s1! r1.s1.t2! r1.s2=a r1.s3=a", "end a by agreement after agreement")]
    [InlineData("r1.s1! r1.s1.t2! r1.s2! r1.s2.t2! r1.s3=a", "end a by vote after debaters")]
    [InlineData("r1.s1! r1.s1.t2! r1.s2! r1.s2.t2! r1.s3! r1.s3.t2!", "fail")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b r2.s1=a r2.s2! r2.s2.t2! r2.s3=b", "end a by vote after unchanged, a tie")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b r2.s1! r2.s1.t2! r2.s2! r2.s2.t2! r2.s3! r2.s3.t2!", "end b by vote after debaters")] // the best there was
    public void Next_DebaterDies_IsReplacedOnceThenLeftOut(string turns, string expected) => Assert.Equal(expected, Next(Vote, turns));

    [Theory]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b", "ask judge")]
    [InlineData("r1.s1=a r1.s2=a r1.s3=a", "end a by agreement after agreement")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b judge?", "wait")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b judge=a", "end a by judge after rounds")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b judge=c", "end c by judge after rounds")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b judge!", "ask judge.t2")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b judge! judge.t2!", "end b by vote after rounds")]
    public void Next_WithAJudge_DecidesWhereDebatersDoNotAgree(string turns, string expected)
        => Assert.Equal(expected, Next(Judged with { MaxRounds = 1 }, turns));

    [Theory]
    [InlineData(1_000, "r1.s1=a#100 r1.s2=b#100 r1.s3=b#100", "ask r2.s1 r2.s2 r2.s3")]
    [InlineData(599, "r1.s1=a#100 r1.s2=b#100 r1.s3=b#100", "end b by vote after budget")] // another such round is not left
    [InlineData(600, "r1.s1=a#100 r1.s2=b#100 r1.s3=b#100", "ask r2.s1 r2.s2 r2.s3")]
    [InlineData(300, "r1.s1=a#100 r1.s2!#200 r1.s3=a", "end a by agreement after agreement")] // nothing is left for who stands in
    [InlineData(0, "", "fail")]
    public void Next_BudgetUsed_EndsWithTheBestSoFar(int tokens, string turns, string expected)
        => Assert.Equal(expected, Next(Vote with { Budget = new TaskBudget(tokens, null) }, turns));

    [Theory]
    [InlineData(599, "r1.s1=a#100 r1.s2=b#100 r1.s3=b#100", "ask judge")]
    [InlineData(300, "r1.s1=a#100 r1.s2=b#100 r1.s3=b#100", "end b by vote after budget")]
    [InlineData(599, "r1.s1=a#100 r1.s2=b#100 r1.s3=b#100 judge=a#200", "end a by judge after budget")]
    [InlineData(400, "r1.s1=a#100 r1.s2=b#100 r1.s3=b#100 judge!#100", "end b by vote after budget")]
    public void Next_BudgetUsed_LeavesTheJudgeWhatThereIs(int tokens, string turns, string expected)
        => Assert.Equal(expected, Next(Judged with { Budget = new TaskBudget(tokens, null) }, turns));

    [Theory]
    [InlineData("", "fail")]
    [InlineData("r1.s1=a r1.s2! r1.s3?", "wait")] // its own deadline ends it
    [InlineData("r1.s1=a r1.s2! r1.s3=b@0.9", "end b by vote after deadline, a tie")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b r2.s1=a r2.s2! r2.s3!", "end b by vote after deadline")] // who was cut short holds what he held
    [InlineData("r1.s1! r1.s2! r1.s3!", "fail")]
    [InlineData("r1.s1=a r1.s2=b r1.s3=b judge!", "end b by vote after unchanged")]
    public void Next_DeadlinePassed_EndsWithTheBestSoFar(string turns, string expected)
        => Assert.Equal(expected.Replace("unchanged", "budget"), Next(Judged with { DeadlineUnixMs = Now }, turns));

    [Fact]
    public void Next_AskedTwiceInAnyOrder_SaysTheSame()
    {
        var turns = Turns("r1.s1=a r1.s2=b r1.s3=b r2.s1=b r2.s2=a r2.s3! r2.s3.t2=c");
        var first = Text(Debate.Next(Vote, turns, [], Now));

        turns.Reverse();

        Assert.Equal("ask r3.s1:a1 r3.s2 r3.s3:b3", Text(Debate.Next(Vote, turns, [Agent("a1"), Agent("b3")], Now)));
        Assert.Equal(first, Text(Debate.Next(Vote, turns, [], Now)));
    }
}
