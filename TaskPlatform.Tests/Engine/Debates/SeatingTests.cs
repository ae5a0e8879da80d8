using TaskPlatform.Engine.Debates;
using static TaskPlatform.Tests.Engine.Debates.DebateTable;

namespace TaskPlatform.Tests.Engine.Debates;

/// <summary>Who is asked.</summary>
public sealed class SeatingTests
{
    private static readonly DebateRules Open = new() { Capability = "think" };

    private static readonly DebateRules Named = new() { Agents = ["x", "y", "z", "spare"] };

    [Fact]
    public void Next_AsManyAgentsAsSeats_AsksEachOnceFreestFirst()
        => Assert.Equal(
            "ask r1.s1:c r1.s2:b r1.s3:d", Next(Open, "", Agent("a", 0, "think"), Agent("b", 1, "think"), Agent("c", 3, "general"), Agent("d", 1, "think"), Agent("e", 9, "other")));

    [Fact]
    public void Next_FewerAgentsThanSeats_LeavesTheRestToWhoeverCan()
        => Assert.Equal("ask r1.s1:a r1.s2:b r1.s3", Next(Open, "", Agent("a", 1, "think"), Agent("b", 1, "think"), Agent("never-said")));

    [Theory]
    [InlineData("a1 a2 a3 new", "ask r2.s1:a1 r2.s2:a2 r2.s3:a3")]
    [InlineData("a1 a3 new", "ask r2.s1:a1 r2.s2:new r2.s3:a3")] // one is gone: another one has the seat
    [InlineData("a1 a3", "ask r2.s1:a1 r2.s2 r2.s3:a3")] // nobody else is here: whoever comes
    public void Next_LaterRound_AsksWhoAnsweredBefore(string here, string expected)
        => Assert.Equal(expected, Next(Open, "r1.s1=a r1.s2=b r1.s3=b", [.. here.Split(' ').Select(id => Agent(id, 1, "think"))]));

    [Theory]
    [InlineData("a1 a2 a3 new", "ask r1.s2.t2:new")]
    [InlineData("a1 a2 a3", "ask r1.s2.t2")] // the others have their seats, and who failed is not asked again by name
    public void Next_DebaterFailed_AsksAnother(string here, string expected)
        => Assert.Equal(expected, Next(Open, "r1.s1=a r1.s2! r1.s3?", [.. here.Split(' ').Select(id => Agent(id, 1, "think"))]));

    [Theory]
    [InlineData("", "x y z", "ask r1.s1:x r1.s2:y r1.s3:z")]
    [InlineData("", "x z spare", "ask r1.s1:x r1.s2:spare r1.s3:z")]
    [InlineData("", "x z", "ask r1.s1:x r1.s2:y r1.s3:z")] // who is away may come
    [InlineData("r1.s1:x=a r1.s2:y! r1.s3:z=b", "x y z spare", "ask r1.s2.t2:spare")]
    [InlineData("r1.s1:x=a r1.s2:y! r1.s3:z=b", "x y z", "ask r2.s1:x r2.s3:z")] // nobody stands in: the seat is left out
    public void Next_AgentsNamed_KeepTheirSeatsAndTheRestStandsIn(string turns, string here, string expected)
        => Assert.Equal(expected, Next(Named with { Debaters = 3 }, turns, [.. here.Split(' ').Select(id => Agent(id))]));

    [Theory]
    [InlineData("wise", "ask judge:wise")]
    [InlineData("other", "ask judge")]
    public void Next_Judge_IsTheAgentOfThatNameOrWhoeverCan(string here, string expected)
        => Assert.Equal(expected, Next(Open with { Judge = "wise", MaxRounds = 1 }, "r1.s1=a r1.s2=b r1.s3=c", Agent(here)));

    [Theory]
    [InlineData("r1.s1? r1.s2? r1.s3=a", "a1 a2 a3", "")]
    [InlineData("r1.s1? r1.s2? r1.s3=a", "a1 a3", "2")]
    [InlineData("r1.s1? r1.s2.t2? r1.s3=a", "a1 a3", "")] // who stands in has the rest of the turn
    public void Forsaken_TurnOfAnAgentThatIsGone_IsGivenUp(string turns, string here, string seats)
        => Assert.Equal(seats, string.Join(' ', Debate.Forsaken(Open, Turns(turns), [.. here.Split(' ').Select(id => Agent(id, 1, "think"))]).Select(turn => turn.Seat)));

    [Theory]
    [InlineData("x z", "")] // nobody could stand in
    [InlineData("x z spare", "2")]
    public void Forsaken_AgentsNamed_WaitsForWhoHasNoStandIn(string here, string seats) => Assert.Equal(
        seats, string.Join(' ', Debate.Forsaken(Named with { Debaters = 3 }, Turns("r1.s1:x? r1.s2:y? r1.s3:z?"), [.. here.Split(' ').Select(id => Agent(id))]).Select(turn => turn.Seat)));
}
