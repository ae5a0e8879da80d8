using System.Text;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Requests;

namespace TaskPlatform.Tests.Api;

/// <summary>Which bytes are JSON.</summary>
public sealed class JsonTextTests
{
    [Theory]
    [InlineData("""{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\\ud800"}""")]
    [InlineData("""{"\ud83d\ude00":"\n\u0041\uD83D\uDE00"}""")]
    [InlineData("7")]
    [InlineData(" [ ] ")]
    public void Parse_Sound_IsTaken(string json)
    {
        using var document = JsonText.Parse(Encoding.UTF8.GetBytes(json));

        Assert.Null(JsonText.FindHalfPair(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("""{"a":"\ud83d"}""", 6)]
    [InlineData("""{"a":"\ude00"}""", 6)]
    [InlineData("""{"a":"\ud83d\n\ude00"}""", 6)]
    [InlineData("""{"a":"\ud83d\ud83d\ude00"}""", 6)]
    [InlineData("""{"\ude00":1}""", 2)]
    public void Parse_HalfASurrogatePair_IsRefusedWithItsPlace(string json, int position)
    {
        Assert.Equal(position, JsonText.FindHalfPair(Encoding.UTF8.GetBytes(json)));
        Assert.Contains($"byte {position}", Refusal(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1} // comment""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"p":{"a":1,"\u0061":2}}""")]
    [InlineData("\"\\")]
    [InlineData("\\u12")]
    [InlineData("NaN")]
    [InlineData("'a'")]
    [InlineData("01")]
    [InlineData("{\"a\":\"line\nbreak\"}")]
    public void Parse_NotJson_IsRefused(string json) => Assert.Contains("not valid JSON", Refusal(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Parse_NotUtf8_IsRefused() => Assert.Contains("UTF-8", Refusal([.. "{\"a\":\""u8, 0xFF, .. "\"}"u8]));

    [Fact]
    public void Parse_AsDeepAsAllowed_IsTakenAndDeeperRefused()
    {
        using var document = JsonText.Parse(Nested(RequestLimits.Depth));

        Assert.Contains("depth", Refusal(Nested(RequestLimits.Depth + 1)));
    }

    private static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

    private static string Refusal(byte[] json) => Assert.Throws<RequestRefusedException>(() => JsonText.Parse(json)).Problem.Detail!;
}
