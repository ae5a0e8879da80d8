using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>What counts as a verdict. Whatever is none must never let a result pass.</summary>
public sealed class VerdictTests
{
    [Theory]
    [InlineData("""{"pass":true}""", true, null, null)]
    [InlineData("""{"pass":false,"reason":"too short","score":0.25}""", false, "too short", 0.25)]
    [InlineData("""{"score":-3e2,"pass":true,"reason":null}""", true, null, -300.0)]
    [InlineData("""{"findings":[{"pass":false,"reason":1}],"pass":true,"more":{"score":"high"}}""", true, null, null)]
    [InlineData("""{"pass":true,"score":null}""", true, null, null)]
    [InlineData("""{"pass":true,"score":1e999}""", true, null, null)]
    public void Read_Verdict_HasItsFields(string json, bool pass, string? reason, double? score)
        => Assert.Equal(new TaskVerdict("v", pass, reason, score), TaskVerdict.Read("v", Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("""[{"pass":true}]""")]
    [InlineData("{}")]
    [InlineData("""{"Pass":true}""")]
    [InlineData("""{"pass":"true"}""")]
    [InlineData("""{"pass":1}""")]
    [InlineData("""{"pass":null}""")]
    [InlineData("""{"pass":true,"reason":7}""")]
    [InlineData("""{"pass":true,"score":"0.5"}""")]
    [InlineData("""{"pass":true""")]
    [InlineData("""{"pass":true,"reason":"\ud800"}""")]
    public void Read_AnythingElse_IsNone(string json) => Assert.Null(TaskVerdict.Read("v", Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Read_LongReason_IsCutBetweenTwoCharacters()
    {
        var before = new string('a', TaskVerdict.LongestReason - 1);

        var verdict = TaskVerdict.Read("v", Encoding.UTF8.GetBytes($$"""{"pass":false,"reason":"{{before}}😀"}"""));

        Assert.Equal(before, verdict!.Reason);
    }
}
