using System.Collections.Immutable;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Api;

/// <summary>What answers are made of.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData("completed completed", "completed")]
    [InlineData("completed failed cancelled", "failed")]
    [InlineData("completed cancelled", "cancelled")]
    [InlineData("pending blocked scheduled", "pending")]
    [InlineData("completed blocked", "in_progress")]
    [InlineData("failed pending", "in_progress")]
    [InlineData("assigned pending", "in_progress")]
    [InlineData("waiting", "in_progress")]
    public void StateOf_Graph_FollowsItsTasks(string states, string expected)
    {
        var counts = new int[TaskStates.Count];
        foreach (var state in states.Split(' ')) counts[(int)Words.State(state)!]++;

        Assert.Equal(expected, Words.Of(GraphAnswers.StateOf([.. counts])));
    }

    [Fact]
    public void State_Each_KeepsItsWord()
        => Assert.All(Enum.GetValues<TaskPlatform.Engine.TaskState>(), state => Assert.Equal($"{state}", $"{TaskAnswers.State(state)}"));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void Cursor_Written_IsReadBack(long before) => Assert.Equal(before, Cursor.Read(Cursor.Write(before)));

    [Theory]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("AAAA")]
    [InlineData("AgAAAAAAAAAB")]
    [InlineData("AQAAAAAAAAABAQAAAAAAAAABAQAAAAAAAAABAQAAAAAAAAAB")]
    public void Cursor_Foreign_IsNone(string text) => Assert.Null(Cursor.Read(text));

    [Fact]
    public void Problem_EachNameOfTheContract_HasAStatusAndATitle()
    {
        var names = typeof(ProblemTypes).GetFields().Where(field => field.Name != nameof(ProblemTypes.Prefix)).Select(field => (string)field.GetValue(null)!);

        Assert.All(names, name => Assert.True(Problems.StatusOf(name) is >= 400 and not 500 && Problems.TitleOf(name) != name, name));
    }

    [Fact]
    public void Problem_EachNameOfTheEngine_IsOneOfTheContract()
    {
        var names = typeof(Refusal).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetValue(null)!);

        Assert.All(names, name => Assert.NotEqual(500, Problems.StatusOf(name)));
    }

    [Fact]
    public void Problem_OfACycle_ShowsIt()
    {
        var problem = Problems.Of(new Refusal(Refusal.CycleDetected, "They wait.", ["a", "b", "a"]));

        Assert.Equal((422, """["a","b","a"]"""), (problem.Status, problem.Extensions!["cycle"].GetRawText()));
    }
}
